import * as z from 'zod';
import { AwsError } from './aws-error.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { listProperties, type PropertyList } from './property-list.ts';

/** Where and for whom a resource is made. */
export type ResourceContext = {
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly region: string;
  /** The stack's tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** How often this logical resource has been replaced; see `generatedName`. */
  readonly generation?: number;
  /** Aborts when the operation needs the resource no longer. */
  readonly signal?: AbortSignal;
  /** The `UpdatePolicy` of an update, unless the update takes back another one. */
  readonly updatePolicy?: JsonObject | undefined;
};

/** What the CloudFormation engine keeps of a live resource. */
export type ResourceState = {
  /** What `Ref` yields. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` yields, by attribute name; nested attributes as `Outputs.Name`. */
  readonly attributes: Readonly<Record<string, JsonValue>>;
  /** Whether the attributes are masked where they are shown. */
  readonly isSecret?: boolean | undefined;
};

/** Thrown by `create` when something may exist all the same, which CloudFormation then deletes by its id. */
export class CreationFailed extends Error {
  readonly physicalId: string;

  constructor(message: string, physicalId: string) {
    super(message);
    this.name = 'CreationFailed';
    this.physicalId = physicalId;
  }
}

/**
 * How the CloudFormation engine makes one type of resource. Properties arrive with every intrinsic resolved.
 * Errors: throw AwsError or Error; its message becomes the resource's status reason.
 */
export type ResourceType = {
  readonly type: string;
  /** For the support matrix of the README. */
  properties(): PropertyList;
  /** @throws UnsupportedPropertyError naming every property that the type does not know */
  validate(properties: JsonObject, logicalId: string): void;
  /** The region that the properties name, where it is not that of the stack. */
  regionOf?(properties: JsonObject): string | undefined;
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
  /**
   * Whether code of the user makes the resource: an update that answers with another physical id has replaced it, and
   * the tags of the stack are not handed on.
   */
  readonly isCustom?: true;
  /** Why an update cannot even be tried. */
  updateRefusal?(previous: JsonObject, next: JsonObject): string | undefined;
  /** The physical id until `create` yields one, of a type whose failed creations are deleted too. */
  initialId?(context: ResourceContext): string;
};

/** One thing that is wrong with the properties of a resource. */
export type PropertyProblem = {
  readonly path: readonly string[];
  readonly message: string;
  /** The type does not know the property, whatever its value. */
  readonly unknown: boolean;
};

/** A ValidationError about the properties of one resource. */
export class UnsupportedPropertyError extends AwsError {
  /** One by one what `message` says together; empty when the type does not tell. */
  readonly problems: readonly PropertyProblem[];

  constructor(message: string, problems: readonly PropertyProblem[] = []) {
    super('ValidationError', message);
    this.name = 'UnsupportedPropertyError';
    this.problems = problems;
  }
}

export function propertyError(
  type: string,
  logicalId: string,
  problems: readonly PropertyProblem[],
): UnsupportedPropertyError {
  const unknown = problems.filter((problem) => problem.unknown).map(({ path }) => path.join('.'));
  const invalid = problems
    .filter((problem) => !problem.unknown)
    .map(({ path, message }) => `${path.join('.') || 'properties'}: ${message}`);
  if (unknown.length > 0) {
    invalid.unshift(`unsupported ${unknown.length > 1 ? 'properties' : 'property'} ${unknown.join(', ')}`);
  }
  const text = `Resource ${logicalId} (${type}): ${invalid.join('; ')}. See the support matrix of local-aws.`;
  return new UnsupportedPropertyError(text, problems);
}

type Definition<P> = {
  readonly type: string;
  /** A strict schema: a property that it does not list fails the deploy by name. See `property` for its building blocks. */
  readonly properties: z.ZodType<P>;
  /** Properties whose change replaces the resource; `'any'` when nothing can be updated in place. */
  readonly replaceOn: readonly (keyof P & string)[] | 'any';
  regionOf?(properties: P): string | undefined;
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
    throw propertyError(definition.type, logicalId, problemsOf(result.error));
  };
  const { replaceOn, update, regionOf } = definition;
  return {
    type: definition.type,
    properties: () => listProperties(definition.properties),
    validate: (properties, logicalId) => void parse(properties, logicalId),
    ...(regionOf !== undefined && { regionOf: (properties: JsonObject) => regionOf(parse(properties, '')) }),
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

export function problemsOf(error: z.ZodError): PropertyProblem[] {
  return error.issues.flatMap((issue): PropertyProblem[] => {
    const path = issue.path.map(String);
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...path, key], message: issue.message, unknown: true }))
      : [{ path, message: issue.message, unknown: false }];
  });
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
  /** Tags as newer types have them. */
  tagMap: () => z.record(z.string(), property.string()),
  /** Accepted without effect here, and listed as such in the support matrix (encryption at rest, retention, …). */
  inert: () => z.unknown().optional().meta({ inert: true }),
  /** Checked, kept and shown by the service's API, and without effect here just the same. */
  kept: <S extends z.ZodType>(schema: S): S => schema.meta({ inert: true }),
} as const;
