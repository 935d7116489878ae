import { accountId } from '../core/arn.ts';
import type { JsonValue } from '../core/json.ts';
import { Resolver, type Scope } from './resolver.ts';
import { isCustomType } from './resource-types.ts';
import { type Desired, resourceOf, type Stack, type StackResource } from './stack-record.ts';
import type { StackStore } from './stack-store.ts';
import type { Template } from './template.ts';
import { templateError } from './template-error.ts';

export type StackIdentity = Pick<Stack, 'id' | 'name' | 'region'>;

type Options = {
  readonly identity: StackIdentity;
  readonly template: Template;
  readonly desired: Desired;
  readonly store: StackStore;
  readonly reference: Scope['reference'];
  /** Told of every export that is imported. */
  readonly onImport?: (exportName: string) => void;
};

/** A resolver with the pseudo parameters of a stack and the exports of its region. */
export function stackResolver({ identity, template, desired, store, reference, onImport }: Options): Resolver {
  return new Resolver({
    template,
    parameters: { ...desired.parameters, ...desired.storedValues },
    pseudoParameters: {
      'AWS::AccountId': accountId,
      'AWS::NotificationARNs': desired.notificationArns,
      'AWS::Partition': 'aws',
      'AWS::Region': identity.region,
      'AWS::StackId': identity.id,
      'AWS::StackName': identity.name,
      'AWS::URLSuffix': 'amazonaws.com',
    },
    reference,
    importValue(name) {
      const found = store.exports(identity.region).find((candidate) => candidate.name === name);
      if (found === undefined) throw templateError(`No export named ${name} found.`);
      onImport?.(name);
      return found.output.value;
    },
  });
}

/** References to resources as they stand in the stack. */
export function liveReference(stack: Stack): Scope['reference'] {
  return (logicalId, attribute) => {
    const resource = resourceOf(stack, logicalId);
    if (resource === undefined || resource.physicalId === '') throw unresolvedReference(logicalId, 'Resources');
    return attribute === undefined ? resource.physicalId : attributeOf(resource, attribute);
  };
}

export function attributeOf(resource: StackResource, attribute: string): JsonValue {
  const value = Object.hasOwn(resource.attributes, attribute) ? resource.attributes[attribute] : undefined;
  if (value === undefined && isCustomType(resource.type)) {
    throw templateError(`CustomResource attribute error: Vendor response doesn't contain ${attribute} attribute`);
  }
  if (value === undefined) {
    throw templateError(
      `Template error: resource ${resource.logicalId} does not support attribute type ${attribute} in Fn::GetAtt`,
    );
  }
  return value;
}

export function unresolvedReference(name: string, section: 'Resources' | 'Outputs') {
  return templateError(
    `Template format error: Unresolved resource dependencies [${name}] in the ${section} block of the template`,
  );
}
