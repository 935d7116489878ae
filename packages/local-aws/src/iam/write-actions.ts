import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { parseJson } from '../core/parse-json.ts';
import type { QueryAction, QueryInput, QueryOutput } from '../core/query-protocol.ts';
import { tagMap } from '../core/tags.ts';
import { refuseUnknownConditionKeys } from './condition-keys.ts';
import { type IamStore, noSuchEntity, type Role } from './iam-store.ts';
import { type PolicyKind, parsePolicy } from './policy-document.ts';
import { roleName, rolePath } from './role-name.ts';

const tags = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }));

/** The calls that make, change and delete roles, for what is deployed by no template. */
export function writeActions(
  store: IamStore,
  roleOutput: (role: Role) => QueryOutput,
): Readonly<Record<string, QueryAction>> {
  const change = (name: string, changed: (role: Role) => Partial<Role>): QueryOutput => {
    const role = store.role(name);
    store.putRole({ ...role, ...changed(role) });
    return {};
  };
  return {
    CreateRole: action(
      {
        RoleName: roleName,
        AssumeRolePolicyDocument: policyText('trust'),
        Path: rolePath.default('/'),
        Description: z.string().max(1000).optional(),
        MaxSessionDuration: z.coerce.number().int().min(3600).max(43_200).default(3600),
        PermissionsBoundary: z.string().optional(),
        Tags: tags.default([]),
      },
      (input) => {
        if (input.PermissionsBoundary !== undefined) store.policyDocument(input.PermissionsBoundary);
        const role = store.addRole({
          name: input.RoleName,
          path: input.Path,
          description: input.Description,
          maxSessionDuration: input.MaxSessionDuration,
          trustPolicy: input.AssumeRolePolicyDocument,
          inlinePolicies: {},
          attachedPolicies: [],
          boundary: input.PermissionsBoundary,
          tags: tagMap(input.Tags),
        });
        return { Role: roleOutput(role) };
      },
    ),

    UpdateAssumeRolePolicy: action(
      { RoleName: roleName, PolicyDocument: policyText('trust') },
      ({ RoleName, PolicyDocument }) => change(RoleName, () => ({ trustPolicy: PolicyDocument })),
    ),

    PutRolePolicy: action(
      { RoleName: roleName, PolicyName: policyName(), PolicyDocument: policyText('identity') },
      ({ RoleName, PolicyName, PolicyDocument }) =>
        change(RoleName, ({ inlinePolicies }) => ({
          inlinePolicies: { ...inlinePolicies, [PolicyName]: PolicyDocument },
        })),
    ),

    DeleteRolePolicy: action({ RoleName: roleName, PolicyName: policyName() }, ({ RoleName, PolicyName }) =>
      change(RoleName, ({ inlinePolicies }) => {
        const { [PolicyName]: removed, ...rest } = inlinePolicies;
        if (removed === undefined) throw noSuchEntity(`The role policy with name ${PolicyName}`);
        return { inlinePolicies: rest };
      }),
    ),

    AttachRolePolicy: action({ RoleName: roleName, PolicyArn: z.string() }, ({ RoleName, PolicyArn }) => {
      store.policyDocument(PolicyArn);
      return change(RoleName, ({ attachedPolicies }) => ({
        attachedPolicies: [...new Set([...attachedPolicies, PolicyArn])],
      }));
    }),

    DetachRolePolicy: action({ RoleName: roleName, PolicyArn: z.string() }, ({ RoleName, PolicyArn }) =>
      change(RoleName, ({ attachedPolicies }) => {
        if (!attachedPolicies.includes(PolicyArn)) throw noSuchEntity(`Policy ${PolicyArn}`);
        return { attachedPolicies: attachedPolicies.filter((attached) => attached !== PolicyArn) };
      }),
    ),

    DeleteRole: action({ RoleName: roleName }, ({ RoleName }) => {
      const { attachedPolicies, inlinePolicies } = store.role(RoleName);
      if (attachedPolicies.length > 0) throw inUse('must detach all policies first.');
      if (Object.keys(inlinePolicies).length > 0) throw inUse('must delete policies first.');
      store.removeRole(RoleName);
      return {};
    }),
  };
}

function action<T extends z.ZodRawShape>(
  shape: T,
  handle: (input: z.output<z.ZodObject<T>>) => QueryOutput,
): QueryAction {
  const schema = z.object(shape).strict();
  return ({ Action: _action, Version: _version, ...input }: QueryInput) => {
    const result = schema.safeParse(input);
    if (result.success) return handle(result.data);
    throw new AwsError('ValidationError', z.prettifyError(result.error));
  };
}

function policyName() {
  return z.string().regex(/^[\w+=,.@-]{1,128}$/, 'must have 1 to 128 characters of letters, digits and +=,.@-_');
}

/** A document as JSON text. @throws AwsError MalformedPolicyDocument, in IAM's own words */
function policyText(kind: PolicyKind) {
  return z.string().transform((text): JsonObject => {
    const document = parseJson(text);
    if (!isJsonObject(document)) throw new AwsError('MalformedPolicyDocument', 'Syntax errors in policy.');
    refuseUnknownConditionKeys(parsePolicy(document, kind));
    return document;
  });
}

function inUse(what: string): AwsError {
  return new AwsError('DeleteConflict', `Cannot delete entity, ${what}`, 409);
}
