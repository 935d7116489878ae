/** A template of CloudFormation while it is made. */
export type Template = {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, object>;
};

export type Resource = {
  readonly Type: string;
  readonly Condition?: string;
  DependsOn?: string | readonly string[];
  Properties?: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  UpdatePolicy?: object;
};

export type Resources = Readonly<Record<string, Resource>>;

/** The resources of a type, with their logical ids. */
export function resourcesOfType(resources: Resources, type: string): readonly (readonly [string, Resource])[] {
  return Object.entries(resources).filter(([, { Type }]) => Type === type);
}

/** The value under `path`, if objects and arrays lead there. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );
}

/** The logical id of the resource that an `Fn::GetAtt` takes `attribute` of. */
export function ownerOfAttribute(value: unknown, attribute: string): string | undefined {
  const owner = valueAt(value, 'Fn::GetAtt', 0);
  return valueAt(value, 'Fn::GetAtt', 1) === attribute && typeof owner === 'string' ? owner : undefined;
}

/** The logical id of the function that a value is the ARN of, be it that of the function or of an alias. */
export function ownerOfFunctionArn(value: unknown): string | undefined {
  const isJoined = valueAt(value, 'Fn::Join', 0) === ':';
  return ownerOfAttribute(isJoined ? valueAt(value, 'Fn::Join', 1, 0) : value, 'Arn');
}
