import * as z from 'zod';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceContext, type ResourceState } from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import type { IamStore, Role } from './iam-store.ts';
import { policyProperty } from './policy-property.ts';
import { roleName, rolePath } from './role-name.ts';

const properties = z.strictObject({
  AssumeRolePolicyDocument: policyProperty('trust'),
  RoleName: roleName.optional(),
  Path: rolePath.optional(),
  Description: z.string().max(1000).optional(),
  MaxSessionDuration: property.kept(property.integer().optional()),
  ManagedPolicyArns: z.array(z.string()).optional(),
  PermissionsBoundary: z.string().optional(),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: policyProperty('identity') })).optional(),
  Tags: property.tags().optional(),
});

type Properties = z.infer<typeof properties>;

export function roleResource(store: IamStore) {
  /** What a role's properties decide, checked. */
  const settings = (from: Properties, { tags }: ResourceContext) => {
    const policies = from.Policies ?? [];
    const attached = from.ManagedPolicyArns ?? [];
    for (const policyArn of attached) store.policyDocument(policyArn);
    if (from.PermissionsBoundary !== undefined) store.policyDocument(from.PermissionsBoundary);
    return {
      description: from.Description,
      maxSessionDuration: from.MaxSessionDuration ?? 3600,
      trustPolicy: from.AssumeRolePolicyDocument,
      inlinePolicies: Object.fromEntries(
        policies.map(({ PolicyName, PolicyDocument }) => [PolicyName, PolicyDocument]),
      ),
      attachedPolicies: attached,
      boundary: from.PermissionsBoundary,
      tags: resourceTags(tags, from.Tags),
    };
  };

  return defineResource({
    type: 'AWS::IAM::Role',
    properties,
    replaceOn: ['RoleName', 'Path'],
    create(from, context) {
      const name = from.RoleName ?? generatedName(context, 64);
      return stateOf(store.addRole({ name, path: from.Path ?? '/', ...settings(from, context) }));
    },
    update(from, { properties: before, state }, context) {
      const role = store.role(state.physicalId);
      const next = settings(from, context);
      // What AWS::IAM::Policy and AWS::IAM::ManagedPolicy resources gave the role stays.
      const mine = new Set((before.Policies ?? []).map(({ PolicyName }) => PolicyName));
      const others = Object.entries(role.inlinePolicies).filter(([name]) => !mine.has(name));
      const attachedBefore = new Set(before.ManagedPolicyArns ?? []);
      const attachedByOthers = role.attachedPolicies.filter((policyArn) => !attachedBefore.has(policyArn));
      const updated: Role = {
        ...role,
        ...next,
        inlinePolicies: { ...Object.fromEntries(others), ...next.inlinePolicies },
        attachedPolicies: [...new Set([...next.attachedPolicies, ...attachedByOthers])],
      };
      store.putRole(updated);
      return stateOf(updated);
    },
    delete: ({ physicalId }) => store.removeRole(physicalId),
  });
}

function stateOf({ name, arn, id }: Role): ResourceState {
  return { physicalId: name, attributes: { Arn: arn, RoleId: id } };
}
