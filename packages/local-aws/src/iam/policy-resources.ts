import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { generatedName } from '../core/generated-name.ts';
import { defineResource } from '../core/resource-type.ts';
import type { IamStore } from './iam-store.ts';
import { policyProperty } from './policy-property.ts';

const names = z.array(z.string()).optional();
/** There are no users and groups here; an empty list is all that can be honoured. */
const nobody = z.array(z.never('users and groups are not supported')).optional();

const inlineProperties = z.strictObject({
  PolicyName: z.string().regex(/^[\w+=,.@-]{1,128}$/),
  PolicyDocument: policyProperty('identity'),
  Roles: names,
  Users: nobody,
  Groups: nobody,
});

/** A policy written into one or more roles. */
export function inlinePolicyResource(store: IamStore) {
  const write = ({ PolicyName, PolicyDocument, Roles = [] }: z.infer<typeof inlineProperties>): void => {
    if (Roles.length === 0) {
      throw new AwsError('ValidationError', 'At least one of [Groups,Roles,Users] must be non-empty.');
    }
    for (const role of Roles.map((name) => store.role(name))) {
      store.putRole({ ...role, inlinePolicies: { ...role.inlinePolicies, [PolicyName]: PolicyDocument } });
    }
  };
  const erase = (policyName: string, roles: readonly string[]): void => {
    for (const name of roles) {
      const role = store.findRole(name);
      if (role === undefined) continue;
      const { [policyName]: _, ...inlinePolicies } = role.inlinePolicies;
      store.putRole({ ...role, inlinePolicies });
    }
  };
  return defineResource({
    type: 'AWS::IAM::Policy',
    properties: inlineProperties,
    replaceOn: [],
    create(properties, context) {
      write(properties);
      const physicalId = generatedName(context, 128);
      return { physicalId, attributes: { Id: physicalId } };
    },
    update(properties, { properties: before, state }) {
      write(properties);
      const { PolicyName, Roles = [] } = before;
      erase(
        PolicyName,
        PolicyName === properties.PolicyName ? Roles.filter((name) => !properties.Roles?.includes(name)) : Roles,
      );
      return state;
    },
    delete: (_, { PolicyName, Roles = [] }) => erase(PolicyName, Roles),
  });
}

const managedProperties = z.strictObject({
  ManagedPolicyName: z
    .string()
    .regex(/^[\w+=,.@-]{1,128}$/)
    .optional(),
  Path: z
    .string()
    .regex(/^\/([\x21-\x7e]+\/)?$/)
    .optional(),
  Description: z.string().optional(),
  PolicyDocument: policyProperty('identity'),
  Roles: names,
  Users: nobody,
  Groups: nobody,
});

/** A policy of the account that roles are attached to, from either side. */
export function managedPolicyResource(store: IamStore) {
  const attach = (policyArn: string, roles: readonly string[]): void => {
    for (const role of roles.map((name) => store.role(name))) {
      store.putRole({ ...role, attachedPolicies: [...new Set([...role.attachedPolicies, policyArn])] });
    }
  };
  const detach = (policyArn: string, roles: readonly string[]): void => {
    for (const name of roles) {
      const role = store.findRole(name);
      if (role === undefined) continue;
      store.putRole({ ...role, attachedPolicies: role.attachedPolicies.filter((attached) => attached !== policyArn) });
    }
  };
  return defineResource({
    type: 'AWS::IAM::ManagedPolicy',
    properties: managedProperties,
    replaceOn: ['ManagedPolicyName', 'Path', 'Description'],
    create({ ManagedPolicyName, Path, Description, PolicyDocument, Roles = [] }, context) {
      const name = ManagedPolicyName ?? generatedName(context, 128);
      for (const role of Roles) store.role(role);
      const { arn, id } = store.addManagedPolicy({
        name,
        path: Path ?? '/',
        description: Description,
        document: PolicyDocument,
      });
      attach(arn, Roles);
      return { physicalId: arn, attributes: { PolicyArn: arn, PolicyId: id } };
    },
    update({ PolicyDocument, Roles = [] }, { properties: before, state }) {
      store.replaceDocument(state.physicalId, PolicyDocument);
      detach(
        state.physicalId,
        (before.Roles ?? []).filter((name) => !Roles.includes(name)),
      );
      attach(state.physicalId, Roles);
      return state;
    },
    delete({ physicalId }, { Roles = [] }) {
      detach(physicalId, Roles);
      const user = store.roles.find(({ attachedPolicies }) => attachedPolicies.includes(physicalId));
      if (user !== undefined) {
        throw new AwsError('DeleteConflict', 'Cannot delete a policy attached to entities.', 409);
      }
      store.removeManagedPolicy(physicalId);
    },
  });
}
