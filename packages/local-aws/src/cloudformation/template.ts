import * as z from 'zod';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { templateError } from './template-error.ts';
import {
  checkMapping,
  checkOutput,
  checkParameterType,
  checkResource,
  checkSections,
  sectionOf,
} from './template-rules.ts';
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
  UpdatePolicy: object.optional(),
  /** Without effect on AWS too; the Serverless Framework writes it on custom resources. */
  Version: json.optional(),
});

const outputSchema = z.strictObject({
  Value: json,
  Description: z.string().optional(),
  Condition: z.string().optional(),
  Export: z.strictObject({ Name: json }).optional(),
});

const ruleSchema = z.strictObject({
  RuleCondition: json.optional(),
  Assertions: z.array(z.strictObject({ Assert: json, AssertDescription: z.string().optional() })).min(1),
});

const mappingSchema = z.record(z.string(), z.record(z.string(), z.union([scalarText, z.array(scalarText)])));

export type ParameterDeclaration = z.infer<typeof parameterSchema>;
export type ResourceDeclaration = z.infer<typeof resourceSchema>;
type RuleDeclaration = z.infer<typeof ruleSchema>;
type OutputDeclaration = z.infer<typeof outputSchema>;
type Mapping = z.infer<typeof mappingSchema>;

/** A template whose sections are checked one by one; references are not, and intrinsics stand as they were written. */
export type Template = {
  readonly description: string | undefined;
  readonly metadata: JsonObject | undefined;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  readonly mappings: ReadonlyMap<string, Mapping>;
  readonly conditions: ReadonlyMap<string, JsonValue>;
  readonly rules: ReadonlyMap<string, RuleDeclaration>;
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
  readonly transforms: readonly string[];
};

/** The one transform that needs no macro: it unlocks Fn::Length, Fn::ToJsonString and defaults of Fn::FindInMap. */
export const languageExtensions = 'AWS::LanguageExtensions';

/** @throws AwsError ValidationError for anything that CloudFormation refuses or that the local endpoint lacks */
export function parseTemplate(text: string): Template {
  const source = parseTemplateText(text);
  // First, because a macro brings sections of its own, such as `Globals`.
  const transforms = readTransforms(source.Transform);
  checkSections(source);
  const resources = sectionOf(source, 'Resources');
  if (resources.length === 0) {
    throw templateError('Template format error: At least one Resources member must be defined.');
  }
  return {
    description: descriptionOf(source.Description),
    metadata: isJsonObject(source.Metadata) ? source.Metadata : undefined,
    parameters: readParameters(source),
    mappings: readAll('Mappings', sectionOf(source, 'Mappings').map(checkMapping), mappingSchema),
    conditions: new Map(sectionOf(source, 'Conditions')),
    rules: readAll('Rules', sectionOf(source, 'Rules'), ruleSchema),
    resources: readAll('Resources', resources.map(checkResource), resourceSchema),
    outputs: readAll('Outputs', sectionOf(source, 'Outputs').map(checkOutput), outputSchema),
    transforms,
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

function readTransforms(transform: JsonValue | undefined): readonly string[] {
  const names = (Array.isArray(transform) ? transform : transform === undefined ? [] : [transform]).map((entry) =>
    isJsonObject(entry) ? String(entry.Name) : String(entry),
  );
  const foreign = names.filter((name) => name !== languageExtensions);
  if (foreign.length > 0) {
    throw templateError(
      `Transform ${foreign.join(', ')} is not supported by the local endpoint. See the support matrix of local-aws.`,
    );
  }
  return names;
}

function readParameters(source: JsonObject): ReadonlyMap<string, ParameterDeclaration> {
  const parameters = readAll('Parameters', sectionOf(source, 'Parameters'), parameterSchema);
  for (const { Type } of parameters.values()) checkParameterType(Type);
  return parameters;
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
