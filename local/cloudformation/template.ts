import * as z from 'zod';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { templateError } from './template-error.ts';
import { parseTemplateText } from './template-text.ts';

const json = z.custom<JsonValue>((value) => value !== undefined);
const object = z.custom<JsonObject>(isJsonObject, 'must be an object');
const scalarText = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
const scalarNumber = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);

const parameterSchema = z.strictObject({
  Type: z.string(),
  Description: z.string().optional(),
  Default: scalarText.optional(),
  AllowedValues: z.array(scalarText).optional(),
  AllowedPattern: z.string().optional(),
  ConstraintDescription: z.string().optional(),
  MinLength: scalarNumber.optional(),
  MaxLength: scalarNumber.optional(),
  MinValue: scalarNumber.optional(),
  MaxValue: scalarNumber.optional(),
  NoEcho: scalarText.transform((text) => text === 'true').optional(),
});

const retention = ['Delete', 'Retain', 'RetainExceptOnCreate'];
const deletionPolicySchema = z.enum(['Delete', 'Retain', 'RetainExceptOnCreate']);
const updateReplacePolicySchema = z.enum(['Delete', 'Retain']);

const resourceSchema = z.strictObject({
  Type: z.string(),
  Properties: object.optional(),
  DependsOn: z.union([z.string().transform((name) => [name]), z.array(z.string())]).optional(),
  Condition: z.string().optional(),
  DeletionPolicy: deletionPolicySchema.optional(),
  UpdateReplacePolicy: updateReplacePolicySchema.optional(),
  Metadata: object.optional(),
});

const outputSchema = z.strictObject({
  Value: json,
  Description: z.string().optional(),
  Condition: z.string().optional(),
  Export: z.strictObject({ Name: json }).optional(),
});

const mappingSchema = z.record(z.string(), z.record(z.string(), z.union([scalarText, z.array(scalarText)])));

export type ParameterDeclaration = z.infer<typeof parameterSchema>;
export type ResourceDeclaration = z.infer<typeof resourceSchema>;
export type OutputDeclaration = z.infer<typeof outputSchema>;
export type Mapping = z.infer<typeof mappingSchema>;

export type Template = {
  readonly description: string | undefined;
  readonly metadata: JsonObject | undefined;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  readonly mappings: ReadonlyMap<string, Mapping>;
  readonly conditions: ReadonlyMap<string, JsonValue>;
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
  readonly transforms: readonly string[];
};

const sections = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Mappings',
  'Conditions',
  'Transform',
  'Resources',
  'Outputs',
  'Rules',
]);

/** The one transform that needs no macro: it unlocks Fn::Length, Fn::ToJsonString and defaults of Fn::FindInMap. */
export const languageExtensions = 'AWS::LanguageExtensions';

/** AWS's quotas on one template. */
const limits = { Parameters: 200, Mappings: 200, Resources: 500, Outputs: 200 } as const;

/** @throws AwsError ValidationError for anything that CloudFormation refuses or that the local endpoint lacks */
export function parseTemplate(text: string): Template {
  const source = parseTemplateText(text);
  refuseUnknownSections(source);
  for (const section of ['Parameters', 'Mappings', 'Resources', 'Outputs'] as const) checkNames(source, section);
  const resources = sectionOf(source, 'Resources');
  if (resources.length === 0) {
    throw templateError('Template format error: At least one Resources member must be defined.');
  }
  return {
    description: descriptionOf(source.Description),
    metadata: isJsonObject(source.Metadata) ? source.Metadata : undefined,
    parameters: readParameters(source),
    mappings: readAll('Mappings', sectionOf(source, 'Mappings'), mappingSchema),
    conditions: new Map(sectionOf(source, 'Conditions')),
    resources: readAll('Resources', resources.map(checkResource), resourceSchema),
    outputs: readAll('Outputs', sectionOf(source, 'Outputs'), outputSchema),
    transforms: readTransforms(source.Transform),
  };
}

function descriptionOf(description: JsonValue | undefined): string | undefined {
  if (description === undefined) return undefined;
  if (typeof description !== 'string') {
    throw templateError('Template format error: every Description member must be a string.');
  }
  if (Buffer.byteLength(description) > 1024) {
    throw templateError("Template format error: 'Description' length is greater than 1024.");
  }
  return description;
}

function refuseUnknownSections(source: JsonObject): void {
  const unknown = Object.keys(source).filter((key) => !sections.has(key));
  if (unknown.length > 0) throw templateError(`Invalid template property or properties [${unknown.join(', ')}]`);
  const version = source.AWSTemplateFormatVersion;
  if (version !== undefined && version !== '2010-09-09') {
    throw templateError(`Template format error: Unsupported version "${String(version)}".`);
  }
  if (source.Rules !== undefined) {
    throw templateError('Template section Rules is not supported by the local endpoint. See local/README.md.');
  }
}

function readTransforms(transform: JsonValue | undefined): readonly string[] {
  const names = (Array.isArray(transform) ? transform : transform === undefined ? [] : [transform]).map((entry) =>
    isJsonObject(entry) ? String(entry.Name) : String(entry),
  );
  const foreign = names.filter((name) => name !== languageExtensions);
  if (foreign.length > 0) {
    throw templateError(`Transform ${foreign.join(', ')} is not supported by the local endpoint. See local/README.md.`);
  }
  return names;
}

function sectionOf(source: JsonObject, name: string): [string, JsonValue][] {
  const section = Object.hasOwn(source, name) ? source[name] : undefined;
  if (section === undefined) return [];
  if (!isJsonObject(section)) throw templateError(`Template format error: ${name} must be an object.`);
  return Object.entries(section);
}

function checkNames(source: JsonObject, section: keyof typeof limits): void {
  const names = sectionOf(source, section).map(([name]) => name);
  if (names.length > limits[section]) {
    throw templateError(
      `Template format error: Number of ${section.toLowerCase()}, ${names.length}, is greater than maximum allowed, ${limits[section]}`,
    );
  }
  const odd = names.find((name) => !/^[a-zA-Z0-9]{1,255}$/.test(name));
  if (odd !== undefined) {
    const kind = section.slice(0, -1);
    if (odd.startsWith('Fn::')) {
      throw templateError(`Template error: ${odd} in ${section} is not supported by the local endpoint.`);
    }
    throw templateError(`Template format error: ${kind} name ${odd} is non alphanumeric.`);
  }
}

/** Types of AWS itself, such as AWS::EC2::VPC::Id; their values are not looked up. */
const awsSpecificType = /^AWS::[A-Za-z0-9]+::[A-Za-z0-9:]+$/;
const plainTypes = new Set(['String', 'Number', 'CommaDelimitedList', 'List<Number>']);

function readParameters(source: JsonObject): ReadonlyMap<string, ParameterDeclaration> {
  const parameters = readAll('Parameters', sectionOf(source, 'Parameters'), parameterSchema);
  for (const [name, { Type }] of parameters) {
    const type = /^List<(.+)>$/.exec(Type)?.[1] ?? Type;
    if (type.startsWith('AWS::SSM::')) {
      throw templateError(
        `Parameter ${name} has type ${Type}, which is not supported by the local endpoint. See local/README.md.`,
      );
    }
    if (!plainTypes.has(Type) && !awsSpecificType.test(type)) {
      throw templateError(`Template format error: Unrecognized parameter type: ${Type}`);
    }
  }
  return parameters;
}

/** @throws AwsError for null anywhere, and for values that the endpoint would have to fetch from elsewhere */
function checkValues(value: JsonValue, path: string): void {
  if (value === null)
    throw templateError(`Template format error: [${path}] 'null' values are not allowed in templates`);
  if (typeof value === 'string') {
    const service = /\{\{resolve:([\w-]+):/.exec(value)?.[1];
    if (service !== undefined) {
      throw templateError(
        `[${path}] Dynamic references ({{resolve:${service}:…}}) are not supported by the local endpoint. See local/README.md.`,
      );
    }
  }
  if (typeof value === 'object') {
    for (const [key, member] of Object.entries(value)) checkValues(member, `${path}/${key}`);
  }
}

/** Also refuses what is legal on AWS but would be silently without effect here. */
function checkResource([name, resource]: [string, JsonValue]): [string, JsonValue] {
  if (!isJsonObject(resource)) {
    throw templateError(`Template format error: [/Resources/${name}] resource definition is malformed`);
  }
  if (typeof resource.Type !== 'string') {
    throw templateError(
      `Template format error: [/Resources/${name}] Every Resources object must contain a Type member.`,
    );
  }
  checkValues(resource, `/Resources/${name}`);
  for (const attribute of ['CreationPolicy', 'UpdatePolicy']) {
    if (resource[attribute] !== undefined) {
      throw templateError(
        `Resource ${name} (${resource.Type}): ${attribute} is not supported by the local endpoint. See local/README.md.`,
      );
    }
  }
  const { DeletionPolicy, UpdateReplacePolicy } = resource;
  for (const policy of [DeletionPolicy, UpdateReplacePolicy]) {
    if (policy === 'Snapshot')
      throw templateError(`Template error: ${resource.Type} does not support Snapshot policy.`);
    if (policy !== undefined && !(typeof policy === 'string' && retention.includes(policy))) {
      throw templateError(`Template error: Unrecognized DeletionPolicy ${JSON.stringify(policy)} for resource ${name}`);
    }
  }
  return [name, resource];
}

function readAll<T>(section: string, entries: [string, JsonValue][], schema: z.ZodType<T>): ReadonlyMap<string, T> {
  return new Map(
    entries.map(([name, value]) => {
      const result = schema.safeParse(value);
      if (result.success) return [name, result.data];
      throw templateError(`Template format error: [/${section}/${name}] ${describe(section, result.error)}`);
    }),
  );
}

function describe(section: string, error: z.ZodError): string {
  return error.issues
    .map((issue) =>
      issue.code === 'unrecognized_keys'
        ? `Invalid ${section.toLowerCase().slice(0, -1)} attribute: ${issue.keys.join(', ')}`
        : `${issue.path.map(String).join('/')}: ${issue.message}`,
    )
    .join('; ');
}
