import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { propertyError, type ResourceType, UnsupportedPropertyError } from '../core/resource-type.ts';
import {
  checkCapabilities,
  checkOutputReferences,
  checkReferences,
  checkResourceTypes,
  resourceDependencies,
} from './check-template.ts';
import { dependencyOrder } from './dependency-order.ts';
import { resolveOutputs } from './outputs.ts';
import { NotYetKnown, type Scope } from './resolver.ts';
import type { ResourceTypes } from './resource-types.ts';
import { checkRules } from './rules.ts';
import { type Change, type Desired, isMade, resourceOf, type Stack, type StackResource } from './stack-record.ts';
import { attributeOf, type StackIdentity, stackResolver, unresolvedReference } from './stack-resolver.ts';
import type { StackStore } from './stack-store.ts';
import { parseTemplate, type ResourceDeclaration } from './template.ts';
import { templateError } from './template-error.ts';

type Options = {
  readonly identity: StackIdentity;
  /** The stack as it stands, unless it is to be created. */
  readonly stack: Stack | undefined;
  readonly desired: Desired;
  readonly types: ResourceTypes;
  readonly store: StackStore;
};

export type Plan = { readonly changes: readonly Change[]; readonly hasChanges: boolean };

/** What happens to a resource, for those that refer to it. */
type Verdict = 'create' | 'keep' | 'update' | 'replace';

/**
 * Checks everything that can be checked before a resource is touched, and tells what an operation would change.
 * @throws AwsError ValidationError, InsufficientCapabilitiesException
 */
export function planStack({ identity, stack, desired, types, store }: Options): Plan {
  const template = parseTemplate(desired.templateBody);
  const verdicts = new Map<string, Verdict>();
  const resolver = stackResolver({ identity, template, desired, store, reference: knownReference(stack, verdicts) });
  checkResourceTypes(template, types, resolver);
  checkReferences(template, resolver);
  checkRules(template, resolver);
  checkCapabilities(template, desired.capabilities);
  const dependencies = resourceDependencies(template, resolver);
  const tagsChanged = stack !== undefined && !isDeepStrictEqual(stack.current.tags, desired.tags);

  const changes = dependencyOrder(dependencies).order.flatMap((logicalId): Change[] => {
    const declaration = template.resources.get(logicalId);
    const type = types.get(declaration?.Type ?? '');
    if (declaration === undefined || type === undefined) return [];
    const { value, unknown } = resolver.resolveKnown(declaration.Properties ?? {});
    const properties = isJsonObject(value ?? null) && isJsonObject(value) ? value : {};
    validate(type, properties, logicalId, unknown);
    const existing = stack === undefined ? undefined : existingResource(stack, logicalId);
    refuseTypeChange(logicalId, declaration, existing);
    const isRetained = declaration.UpdateReplacePolicy === 'Retain';
    const retags = tagsChanged && type.isCustom !== true;
    const change = describeChange({ logicalId, type, existing, properties, unknown, tagsChanged: retags, isRetained });
    verdicts.set(logicalId, verdictOf(change));
    return change === undefined ? [] : [change];
  });

  const removed = (stack?.resources ?? [])
    .filter(({ logicalId }) => !dependencies.has(logicalId))
    .map(
      ({ logicalId, physicalId, type, properties, deletionPolicy }): Change => ({
        action: 'Remove',
        policyAction: deletionPolicy === 'Delete' ? 'Delete' : 'Retain',
        before: properties,
        logicalId,
        physicalId,
        type,
        properties: [],
        tags: false,
      }),
    );
  checkOutputReferences(template, resolver, dependencies);
  const outputs = resolveOutputs(resolver, (value) => resolver.resolveKnown(value).value);
  const outputsChanged = stack !== undefined && !isDeepStrictEqual(plain(stack.outputs), plain(outputs));
  const all = [...changes, ...removed];
  return { changes: all, hasChanges: all.length > 0 || tagsChanged || outputsChanged || stack === undefined };
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

export function existingResource(stack: Stack, logicalId: string): StackResource | undefined {
  const resource = resourceOf(stack, logicalId);
  return resource !== undefined && isMade(resource) ? resource : undefined;
}

function knownReference(stack: Stack | undefined, verdicts: ReadonlyMap<string, Verdict>): Scope['reference'] {
  return (logicalId, attribute) => {
    const resource = stack === undefined ? undefined : existingResource(stack, logicalId);
    switch (verdicts.get(logicalId)) {
      case undefined:
        // Everything that a resource refers to is judged before it, so this one's condition does not hold.
        throw unresolvedReference(logicalId, 'Resources');
      case 'create':
      case 'replace':
        throw new NotYetKnown();
      case 'update':
        if (attribute !== undefined || resource === undefined) throw new NotYetKnown();
        return resource.physicalId;
      case 'keep':
        if (resource === undefined) throw new NotYetKnown();
        return attribute === undefined ? resource.physicalId : attributeOf(resource, attribute);
    }
  };
}

function refuseTypeChange(logicalId: string, { Type }: ResourceDeclaration, existing: StackResource | undefined): void {
  if (existing === undefined || existing.type === Type) return;
  throw templateError(
    `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${logicalId}]`,
  );
}

/** Drops the problems that are about values which are not known yet. */
function validate(
  type: ResourceType,
  properties: JsonObject,
  logicalId: string,
  unknown: readonly (readonly string[])[],
): void {
  try {
    type.validate(properties, logicalId);
  } catch (error) {
    if (!(error instanceof UnsupportedPropertyError) || error.problems.length === 0) {
      if (unknown.length > 0) return;
      if (error instanceof AwsError) throw error;
      throw templateError(`Resource ${logicalId} (${type.type}): ${String(error)}`);
    }
    const certain = error.problems.filter(
      (problem) =>
        problem.unknown || !unknown.some((path) => isPrefix(path, problem.path) || isPrefix(problem.path, path)),
    );
    if (certain.length > 0) throw propertyError(type.type, logicalId, certain);
  }
}

function isPrefix(prefix: readonly string[], path: readonly string[]): boolean {
  return prefix.every((segment, index) => path[index] === segment);
}

type Comparison = {
  readonly logicalId: string;
  readonly type: ResourceType;
  readonly existing: StackResource | undefined;
  readonly properties: JsonObject;
  readonly unknown: readonly (readonly string[])[];
  readonly tagsChanged: boolean;
  /** Whether the resource that a replacement leaves behind is kept. */
  readonly isRetained: boolean;
};

function describeChange({
  logicalId,
  type,
  existing,
  properties,
  unknown,
  tagsChanged,
  isRetained,
}: Comparison): Change | undefined {
  if (existing === undefined) {
    return { action: 'Add', logicalId, type: type.type, properties: [], tags: false, after: properties };
  }
  const previous = existing.properties;
  const names = [...new Set([...Object.keys(previous), ...Object.keys(properties)])].filter(
    (name) => !isDeepStrictEqual(previous[name], properties[name]),
  );
  const retry = existing.status.endsWith('_FAILED');
  if (names.length === 0 && !tagsChanged && !retry) return undefined;
  const changed = names.map((name) => ({
    name,
    recreates: type.needsReplacement(previous, withProperty(previous, name, properties[name])),
    dynamic: unknown.some(([first]) => first === name),
  }));
  const recreating = changed.filter(({ recreates }) => recreates);
  const replacement =
    recreating.length === 0 ? 'False' : recreating.every(({ dynamic }) => dynamic) ? 'Conditional' : 'True';
  return {
    action: 'Modify',
    logicalId,
    physicalId: existing.physicalId,
    type: type.type,
    replacement,
    ...(replacement !== 'False' && { policyAction: isRetained ? 'ReplaceAndRetain' : 'ReplaceAndDelete' }),
    properties: changed,
    tags: tagsChanged,
    before: previous,
    after: properties,
  };
}

function withProperty(properties: JsonObject, name: string, value: JsonObject[string] | undefined): JsonObject {
  const { [name]: _, ...others } = properties;
  return value === undefined ? others : { ...others, [name]: value };
}

function verdictOf(change: Change | undefined): Verdict {
  if (change === undefined) return 'keep';
  if (change.action === 'Add') return 'create';
  return change.replacement === 'False' ? 'update' : 'replace';
}
