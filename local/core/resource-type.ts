import * as z from 'zod';
import { AwsError } from './aws-error.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** Where and for whom a resource is made. */
export type ResourceContext = {
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly region: string;
  /** The stack's tags. */
  readonly tags: Readonly<Record<string, string>>;
};

/** What the CloudFormation engine keeps of a live resource. */
export type ResourceState = {
  /** What `Ref` yields. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` yields, by attribute name; nested attributes as `Outputs.Name`. */
  readonly attributes: Readonly<Record<string, JsonValue>>;
};

/**
 * How the CloudFormation engine makes one type of resource. Properties arrive with every intrinsic resolved.
 * Errors: throw AwsError or Error; its message becomes the resource's status reason.
 */
export type ResourceType = {
  readonly type: string;
  /** @throws UnsupportedPropertyError naming every property that the type does not know */
  validate(properties: JsonObject, logicalId: string): void;
  create(properties: JsonObject, context: ResourceContext): Promise<ResourceState>;
  /** True when going from `previous` to `next` needs a new physical resource. */
  needsReplacement(previous: JsonObject, next: JsonObject): boolean;
  update(
    properties: JsonObject,
    current: { properties: JsonObject; state: ResourceState },
    context: ResourceContext,
  ): Promise<ResourceState>;
  /** Must succeed when the resource is already gone. */
  delete(state: ResourceState, properties: JsonObject, context: ResourceContext): Promise<void>;
};

export class UnsupportedPropertyError extends AwsError {
  constructor(message: string) {
    super('ValidationError', message);
    this.name = 'UnsupportedPropertyError';
  }
}

type Definition<P> = {
  readonly type: string;
  /** A strict schema: a property that it does not list fails the deploy by name. See `property` for its building blocks. */
  readonly properties: z.ZodType<P>;
  /** Properties whose change replaces the resource; `'any'` when nothing can be updated in place. */
  readonly replaceOn: readonly (keyof P & string)[] | 'any';
  create(properties: P, context: ResourceContext): Promise<ResourceState> | ResourceState;
  update?(
    properties: P,
    current: { properties: P; state: ResourceState },
    context: ResourceContext,
  ): Promise<ResourceState> | ResourceState;
  delete(state: ResourceState, properties: P, context: ResourceContext): Promise<void> | void;
};

/** Ties a typed definition to the untyped engine: parses on the way in, so that handlers see typed properties only. */
export function defineResource<P>(definition: Definition<P>): ResourceType {
  const parse = (properties: JsonObject, logicalId: string): P => {
    const result = definition.properties.safeParse(properties);
    if (result.success) return result.data;
    throw new UnsupportedPropertyError(describe(definition.type, logicalId, result.error));
  };
  const { replaceOn, update } = definition;
  return {
    type: definition.type,
    validate: (properties, logicalId) => void parse(properties, logicalId),
    create: async (properties, context) => definition.create(parse(properties, context.logicalId), context),
    needsReplacement: (previous, next) =>
      replaceOn === 'any' ||
      update === undefined ||
      replaceOn.some((name) => JSON.stringify(previous[name]) !== JSON.stringify(next[name])),
    update: async (properties, current, context) => {
      if (update === undefined) throw new Error(`${definition.type} cannot be updated in place`);
      return update(
        parse(properties, context.logicalId),
        { properties: parse(current.properties, context.logicalId), state: current.state },
        context,
      );
    },
    delete: async (state, properties, context) =>
      definition.delete(state, parse(properties, context.logicalId), context),
  };
}

function describe(type: string, logicalId: string, error: z.ZodError): string {
  const problems = error.issues.map((issue) => {
    const path = issue.path.join('.');
    return issue.code === 'unrecognized_keys'
      ? `unsupported ${issue.keys.length > 1 ? 'properties' : 'property'} ${issue.keys.map((key) => (path ? `${path}.${key}` : key)).join(', ')}`
      : `${path || 'properties'}: ${issue.message}`;
  });
  return `Resource ${logicalId} (${type}): ${problems.join('; ')}. See local/README.md for what the local endpoint supports.`;
}

/** Building blocks for property schemas. CloudFormation hands numbers and booleans over as strings as often as not. */
export const property = {
  string: () => z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]),
  integer: () =>
    z.union([
      z.int(),
      z
        .string()
        .regex(/^-?\d+$/)
        .transform(Number),
    ]),
  boolean: () => z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]),
  /** JSON that is handed on as it is. */
  json: () => z.custom<JsonValue>((value) => value !== undefined),
  tags: () => z.array(z.strictObject({ Key: z.string(), Value: property.string() })),
  /** Accepted and without effect here: what local/README.md lists as inert (encryption at rest, retention, …). */
  inert: () => z.unknown().optional(),
} as const;
