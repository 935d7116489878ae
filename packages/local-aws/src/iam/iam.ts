import * as z from 'zod';
import type { AwsApi } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import { type QueryAction, type QueryInput, type QueryOutput, queryApi } from '../core/query-protocol.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { tagList } from '../core/tags.ts';
import { IamStore, type ManagedPolicy, noSuchEntity, type Role } from './iam-store.ts';
import { awsManagedPolicies } from './managed-policies.ts';
import { inlinePolicyResource, managedPolicyResource } from './policy-resources.ts';
import { roleResource } from './role-resource.ts';
import { writeActions } from './write-actions.ts';

export type Iam = {
  readonly api: AwsApi;
  readonly store: IamStore;
  readonly resourceTypes: readonly ResourceType[];
};

/** IAM: roles and policies of templates, and the calls that read them and make roles. */
export function createIam({ clock, state }: { readonly clock: Clock; readonly state: StateStore }): Iam {
  const store = new IamStore(clock, state);
  return {
    api: queryApi('iam', 'https://iam.amazonaws.com/doc/2010-05-08/', {
      ...readActions(store),
      ...writeActions(store, roleOutput),
    }),
    store,
    resourceTypes: [roleResource(store), inlinePolicyResource(store), managedPolicyResource(store)],
  };
}

function readActions(store: IamStore): Record<string, QueryAction> {
  return {
    GetRole: (input) => ({ Role: roleOutput(store.role(text(input, 'RoleName'))) }),

    ListRoles(input) {
      const prefix = typeof input.PathPrefix === 'string' ? input.PathPrefix : '/';
      const roles = store.roles.filter(({ path }) => path.startsWith(prefix));
      return { Roles: roles.map(roleOutput), IsTruncated: false };
    },

    ListRolePolicies: (input) => ({
      PolicyNames: Object.keys(store.role(text(input, 'RoleName')).inlinePolicies),
      IsTruncated: false,
    }),

    GetRolePolicy(input) {
      const role = store.role(text(input, 'RoleName'));
      const name = text(input, 'PolicyName');
      const document = Object.hasOwn(role.inlinePolicies, name) ? role.inlinePolicies[name] : undefined;
      if (document === undefined) throw noSuchEntity(`The role policy with name ${name}`);
      return { RoleName: role.name, PolicyName: name, PolicyDocument: encode(document) };
    },

    ListAttachedRolePolicies: (input) => ({
      AttachedPolicies: store.role(text(input, 'RoleName')).attachedPolicies.map((policyArn) => ({
        PolicyName: policyArn.split('/').at(-1),
        PolicyArn: policyArn,
      })),
      IsTruncated: false,
    }),

    GetPolicy(input) {
      const policyArn = text(input, 'PolicyArn');
      return { Policy: policyOutput(policyArn, store) };
    },

    GetPolicyVersion(input) {
      const policyArn = text(input, 'PolicyArn');
      const { versionId, createdAt } = versionOf(store.findManagedPolicy(policyArn));
      const document = store.policyDocument(policyArn);
      if (text(input, 'VersionId') !== versionId) {
        throw noSuchEntity(`Policy ${policyArn} version ${text(input, 'VersionId')}`);
      }
      return {
        PolicyVersion: {
          Document: encode(document),
          VersionId: versionId,
          IsDefaultVersion: true,
          CreateDate: createdAt,
        },
      };
    },
  };
}

/** @throws AwsError ValidationError when the member is missing */
function text(input: QueryInput, name: string): string {
  const result = z.string().min(1).safeParse(input[name]);
  if (result.success) return result.data;
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

/** IAM shows documents percent-encoded. */
function encode(document: JsonObject): string {
  return encodeURIComponent(JSON.stringify(document));
}

function roleOutput(role: Role): QueryOutput {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encode(role.trustPolicy),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDuration,
    PermissionsBoundary:
      role.boundary === undefined
        ? undefined
        : { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: role.boundary },
    Tags: tagList(role.tags),
    RoleLastUsed: {},
  };
}

function policyOutput(policyArn: string, store: IamStore): QueryOutput {
  const policy = store.findManagedPolicy(policyArn);
  if (policy === undefined && !awsManagedPolicies.has(policyArn)) throw noSuchEntity(`Policy ${policyArn}`);
  const { versionId, createdAt } = versionOf(policy);
  return {
    PolicyName: policyArn.split('/').at(-1),
    PolicyId: policy?.id,
    Arn: policyArn,
    Path: policy?.path ?? '/',
    DefaultVersionId: versionId,
    AttachmentCount: store.roles.filter(({ attachedPolicies }) => attachedPolicies.includes(policyArn)).length,
    PermissionsBoundaryUsageCount: store.roles.filter(({ boundary }) => boundary === policyArn).length,
    IsAttachable: true,
    Description: policy?.description,
    CreateDate: createdAt,
    UpdateDate: policy === undefined ? createdAt : new Date(policy.updatedAt),
  };
}

function versionOf(policy: ManagedPolicy | undefined): { versionId: string; createdAt: Date } {
  return policy === undefined
    ? { versionId: 'v1', createdAt: new Date(0) }
    : { versionId: `v${policy.version}`, createdAt: new Date(policy.createdAt) };
}
