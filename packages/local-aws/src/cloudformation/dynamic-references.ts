import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { parseJson } from '../core/parse-json.ts';
import type { ResourceContext, ResourceType } from '../core/resource-type.ts';
import { templateError } from './template-error.ts';

/** Where values that a template refers to come from. */
export type DynamicValues = {
  /** A parameter of Parameter Store by name, or by `name:version`. @throws AwsError */
  parameter(region: string, reference: string): { readonly value: string; readonly type: string };
  /** @throws AwsError */
  secret(
    region: string,
    secretId: string,
    version: { stage?: string | undefined; versionId?: string | undefined },
  ): string;
};

const pattern = /\{\{resolve:([\w-]+):([^{}]*)\}\}/g;
/** `<id>[:SecretString[:<key>[:<stage>[:<version>]]]]`; the id can be an ARN. */
const secretReference =
  /^(arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+|[^:]+)(?::(?:SecretString)?(?::([^:]*)(?::([^:]*)(?::([^:]*))?)?)?)?$/;

/**
 * Resolves `{{resolve:…}}` in the properties of a resource when it is made. The stack itself keeps the references, so
 * that its record and its events do not show secrets. The provider of a custom resource gets the values in every request.
 */
export function withDynamicReferences(type: ResourceType, values: DynamicValues): ResourceType {
  const resolved = (properties: JsonObject, { region }: ResourceContext) => resolveAll(properties, region, values);
  const ofCustom = (properties: JsonObject, context: ResourceContext) =>
    type.isCustom === true ? resolved(properties, context) : properties;
  return {
    ...type,
    create: async (properties, context) => type.create(resolved(properties, context), context),
    update: async (properties, current, context) => {
      const old = { ...current, properties: ofCustom(current.properties, context) };
      return type.update(resolved(properties, context), old, context);
    },
    delete: async (state, properties, context) => type.delete(state, ofCustom(properties, context), context),
  };
}

/** @throws AwsError for a service whose values CloudFormation resolves in no property that the endpoint has */
export function checkDynamicReferences(text: string, path: string): void {
  for (const [, service] of text.matchAll(/\{\{resolve:([\w-]+):/g)) {
    if (service === 'ssm' || service === 'secretsmanager') continue;
    throw templateError(
      `[${path}] Dynamic references ({{resolve:${service}:…}}) are not supported by the local endpoint. See the support matrix of local-aws.`,
    );
  }
}

function resolveAll(properties: JsonObject, region: string, values: DynamicValues): JsonObject {
  const resolved = resolveValue(properties, region, values);
  return isJsonObject(resolved) ? resolved : {};
}

function resolveValue(value: JsonValue, region: string, values: DynamicValues): JsonValue {
  if (typeof value === 'string') {
    if (!value.includes('{{resolve:')) return value;
    return value.replaceAll(pattern, (_, service: string, reference: string) =>
      service === 'ssm' ? parameterOf(reference, region, values) : secretOf(reference, region, values),
    );
  }
  if (Array.isArray(value)) return value.map((item) => resolveValue(item, region, values));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolveValue(member, region, values)]));
}

function parameterOf(reference: string, region: string, values: DynamicValues): string {
  const { value, type } = findParameter(reference, region, values);
  if (type !== 'SecureString') return value;
  throw templateError(`The parameter ${reference} is a SecureString, which {{resolve:ssm:…}} does not resolve.`);
}

function findParameter(reference: string, region: string, values: DynamicValues) {
  try {
    return values.parameter(region, reference);
  } catch (error) {
    // The message of ParameterNotFound is empty.
    if (!(error instanceof AwsError) || error.code !== 'ParameterNotFound') throw error;
    throw templateError(`Unable to fetch parameters [${reference}] from parameter store for this account.`);
  }
}

function secretOf(reference: string, region: string, values: DynamicValues): string {
  const [, id, key = '', stage = '', versionId = ''] = secretReference.exec(reference) ?? [];
  if (id === undefined) throw templateError(`Invalid dynamic reference {{resolve:secretsmanager:${reference}}}.`);
  const text = values.secret(region, id, {
    ...(stage !== '' && { stage }),
    ...(versionId !== '' && { versionId }),
  });
  if (key === '') return text;
  const secret = parseJson(text);
  if (!isJsonObject(secret)) throw new AwsError('ValidationError', 'Could not parse SecretString JSON');
  const member = Object.hasOwn(secret, key) ? secret[key] : undefined;
  if (member === undefined) {
    throw new AwsError('ValidationError', 'Could not find a value associated with JSONKey in SecretString');
  }
  return typeof member === 'string' ? member : JSON.stringify(member);
}
