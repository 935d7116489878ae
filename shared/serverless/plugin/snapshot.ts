import type { Resource, Resources } from './template.ts';

type Entry = readonly [string, Resource];

/**
 * The resources that `parts`, of which AWS takes a snapshot, refer to besides each other. A snapshot has the names and
 * ARNs of these as they were, and goes on using a queue, table or function that has been replaced since.
 */
export function targetsOf(parts: readonly Entry[], resources: Resources): readonly unknown[] {
  const text = JSON.stringify(parts);
  const known = new Set(parts.map(([id]) => id));
  const isTarget = (id: string): boolean =>
    new RegExp(`"Ref":"${id}"|"Fn::GetAtt":\\[?"${id}[".]|\\$\\{${id}[.}]`).test(text);
  return byId(Object.entries(resources).filter(([id]) => !known.has(id) && isTarget(id))).map(
    ([id, { Type, Properties = {} }]) => [id, Type, identityOf(Type, Properties)],
  );
}

/**
 * Of functions, aliases and roles the name, since deploys change the rest in place; of others all, since types differ in
 * which changes replace a resource.
 */
function identityOf(type: string, properties: Readonly<Record<string, unknown>>): unknown {
  switch (type) {
    case 'AWS::Lambda::Function':
      return properties.FunctionName;
    case 'AWS::Lambda::Alias':
      return [properties.FunctionName, properties.Name];
    case 'AWS::IAM::Role':
      return properties.RoleName ?? properties;
    default:
      return properties;
  }
}

export function byId(entries: readonly Entry[]): readonly Entry[] {
  return entries.toSorted(([one], [other]) => (one < other ? -1 : 1));
}
