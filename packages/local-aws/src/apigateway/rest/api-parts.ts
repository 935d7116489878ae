import { AwsError } from '../../core/aws-error.ts';
import type { JsonValue } from '../../core/json.ts';
import type { ApiDefinition, Authorizer, Model } from './api-definition.ts';
import { checkModelSchema } from './model-schema.ts';

type Input<T, Required extends keyof T> = Pick<T, Required> & { readonly [K in keyof T]?: T[K] | undefined };

/** A model of a template or a call. @throws AwsError for a schema that API Gateway does not take */
export function makeModel(
  input: Omit<Input<Model, 'id' | 'name'>, 'schema'> & { schema?: JsonValue | undefined },
): Model {
  const { id, name, contentType = 'application/json', description, schema: given } = input;
  if (name === '') throw new AwsError('BadRequestException', 'Model name must be non-empty');
  if (!/^[a-zA-Z0-9]+$/.test(name)) throw new AwsError('BadRequestException', 'Model name must be alphanumeric');
  if (given === undefined || given === '') {
    throw new AwsError('BadRequestException', 'Model schema must have at least 1 property or array items defined');
  }
  const schema = typeof given === 'string' ? readSchema(given) : given;
  checkModelSchema(name, schema);
  return { id, name, contentType, schema, ...(description && { description }) };
}

/** @throws AwsError for the name of another model */
export function addModel({ models }: ApiDefinition, model: Model): void {
  if (Object.hasOwn(models, model.name)) {
    throw new AwsError('ConflictException', 'Model name already exists for this REST API', 409);
  }
  models[model.name] = model;
}

function readSchema(schema: string): JsonValue {
  try {
    return JSON.parse(schema);
  } catch (error) {
    throw new AwsError('BadRequestException', `Invalid model schema specified: ${String(error)}`);
  }
}

/** An authorizer of a template or a call. @throws AwsError for one that could not authorize */
export function makeAuthorizer(input: Input<Authorizer, 'id' | 'name' | 'type'>): Authorizer {
  const { id, name, type, authorizerUri, authorizerCredentials, identityValidationExpression } = input;
  const { providerArns = [], resultTtlInSeconds = 300 } = input;
  if (type !== 'COGNITO_USER_POOLS' && authorizerUri === undefined) {
    throw new AwsError('BadRequestException', `Invalid Authorizer URI: an authorizer of type ${type} needs one`);
  }
  if (type === 'COGNITO_USER_POOLS' && providerArns.length === 0) {
    throw new AwsError('BadRequestException', 'Provider ARNs are required for authorizers of type COGNITO_USER_POOLS');
  }
  const identitySource =
    input.identitySource ?? (type === 'REQUEST' ? undefined : 'method.request.header.Authorization');
  if (identitySource === undefined && resultTtlInSeconds > 0) {
    throw new AwsError(
      'BadRequestException',
      'Identity sources are required when the results of a request authorizer are kept',
    );
  }
  return {
    id,
    name,
    type,
    resultTtlInSeconds,
    providerArns,
    ...(identitySource !== undefined && { identitySource }),
    ...(authorizerUri !== undefined && { authorizerUri }),
    ...(authorizerCredentials !== undefined && { authorizerCredentials }),
    ...(identityValidationExpression !== undefined && { identityValidationExpression }),
  };
}
