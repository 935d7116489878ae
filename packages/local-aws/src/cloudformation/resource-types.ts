import type { ResourceType } from '../core/resource-type.ts';

/** The types of resources by name. Those of custom resources have names that templates make up. */
export type ResourceTypes = {
  get(name: string): ResourceType | undefined;
};

type Options = {
  readonly types: readonly ResourceType[];
  /** The type for a name that `types` does not have. */
  readonly customType: (name: string) => ResourceType | undefined;
};

const customPrefix = 'Custom::';

export function resourceTypesByName({ types, customType }: Options): ResourceTypes {
  const known = new Map(types.map((type) => [type.type, type]));
  return { get: (name) => (name.startsWith(customPrefix) ? customType(name) : known.get(name)) };
}

export function isCustomType(name: string): boolean {
  return name.startsWith(customPrefix) || name === 'AWS::CloudFormation::CustomResource';
}
