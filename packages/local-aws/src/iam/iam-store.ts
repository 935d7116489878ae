import { createHash } from 'node:crypto';
import * as z from 'zod';
import { arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { awsManagedPolicies, awsPolicyPrefix } from './managed-policies.ts';
import { type Policy, type PolicyKind, parsePolicy } from './policy-document.ts';

const document = z.custom<JsonObject>(isJsonObject);

const roleSchema = z.object({
  name: z.string(),
  path: z.string(),
  arn: z.string(),
  id: z.string(),
  createdAt: z.number(),
  description: z.string().optional(),
  maxSessionDuration: z.number(),
  trustPolicy: document,
  /** Inline policies of the role itself, by name. */
  inlinePolicies: z.record(z.string(), document),
  /** ARNs, of AWS or of this account. */
  attachedPolicies: z.array(z.string()),
  boundary: z.string().optional(),
  tags: z.record(z.string(), z.string()),
});

const managedPolicySchema = z.object({
  name: z.string(),
  path: z.string(),
  arn: z.string(),
  id: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  description: z.string().optional(),
  /** Counts from 1. */
  version: z.number(),
  document,
});

export type Role = z.infer<typeof roleSchema>;
export type ManagedPolicy = z.infer<typeof managedPolicySchema>;

export function noSuchEntity(what: string): AwsError {
  return new AwsError('NoSuchEntity', `${what} cannot be found.`, 404);
}

/** The account's roles and customer-managed policies. */
export class IamStore {
  readonly #clock: Clock;
  readonly #keptRoles: Collection<Role>;
  readonly #keptPolicies: Collection<ManagedPolicy>;
  readonly #roles: Map<string, Role>;
  readonly #policies: Map<string, ManagedPolicy>;
  /** Documents are replaced, never changed, so that reading one once is enough. */
  readonly #parsed = new WeakMap<JsonObject, Policy>();

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock;
    this.#keptRoles = state.collection('iam/roles', roleSchema);
    this.#keptPolicies = state.collection('iam/policies', managedPolicySchema);
    this.#roles = new Map(this.#keptRoles.entries());
    this.#policies = new Map(this.#keptPolicies.entries());
  }

  get roles(): readonly Role[] {
    return [...this.#roles.values()];
  }

  get managedPolicies(): readonly ManagedPolicy[] {
    return [...this.#policies.values()];
  }

  findRole(name: string): Role | undefined {
    return this.#roles.get(name);
  }

  roleByArn(roleArn: string): Role | undefined {
    const role = this.#roles.get(roleArn.split('/').at(-1) ?? '');
    return role?.arn === roleArn ? role : undefined;
  }

  /** @throws AwsError NoSuchEntity */
  role(name: string): Role {
    const role = this.#roles.get(name);
    if (role === undefined) throw noSuchEntity(`The role with name ${name}`);
    return role;
  }

  /** @throws AwsError EntityAlreadyExists */
  addRole(role: Omit<Role, 'arn' | 'id' | 'createdAt'>): Role {
    if (this.#roles.has(role.name)) {
      throw new AwsError('EntityAlreadyExists', `Role with name ${role.name} already exists.`, 409);
    }
    const roleArn = arn('iam', '', `role${role.path}${role.name}`);
    const added: Role = { ...role, arn: roleArn, id: uniqueId('AROA', roleArn), createdAt: this.#clock.now() };
    this.putRole(added);
    return added;
  }

  putRole(role: Role): void {
    this.#roles.set(role.name, role);
    this.#keptRoles.put(role.name, role);
  }

  removeRole(name: string): void {
    this.#roles.delete(name);
    this.#keptRoles.delete(name);
  }

  /** A customer-managed policy, or one of AWS's own. @throws AwsError NoSuchEntity */
  policyDocument(policyArn: string): JsonObject {
    const found = this.#policies.get(policyArn)?.document ?? awsManagedPolicies.get(policyArn);
    if (found !== undefined) return found;
    // Of AWS's own policies there are more than a thousand: the endpoint cannot tell a mistyped name from one it lacks.
    const isOfAws = policyArn.startsWith(awsPolicyPrefix);
    throw new AwsError(
      'NoSuchEntity',
      isOfAws
        ? `The AWS managed policy ${policyArn} is not supported by the local endpoint. See the support matrix of local-aws.`
        : `Policy ${policyArn} does not exist or is not attachable.`,
      404,
    );
  }

  findManagedPolicy(policyArn: string): ManagedPolicy | undefined {
    return this.#policies.get(policyArn);
  }

  /** @throws AwsError EntityAlreadyExists */
  addManagedPolicy(policy: Pick<ManagedPolicy, 'name' | 'path' | 'description' | 'document'>): ManagedPolicy {
    const policyArn = arn('iam', '', `policy${policy.path}${policy.name}`);
    if (this.#policies.has(policyArn)) {
      throw new AwsError('EntityAlreadyExists', `A policy called ${policy.name} already exists.`, 409);
    }
    const now = this.#clock.now();
    const id = uniqueId('ANPA', policyArn);
    const added: ManagedPolicy = { ...policy, arn: policyArn, id, createdAt: now, updatedAt: now, version: 1 };
    this.#putPolicy(added);
    return added;
  }

  replaceDocument(policyArn: string, replacement: JsonObject): void {
    const policy = this.#policies.get(policyArn);
    if (policy === undefined) throw noSuchEntity(`Policy ${policyArn}`);
    const updatedAt = this.#clock.now();
    this.#putPolicy({ ...policy, document: replacement, version: policy.version + 1, updatedAt });
  }

  removeManagedPolicy(policyArn: string): void {
    this.#policies.delete(policyArn);
    this.#keptPolicies.delete(policyArn);
  }

  /** Everything that says what a role may do. Unknown roles may do nothing. */
  policiesOf(roleArn: string): { readonly identity: readonly Policy[]; readonly boundary: Policy | undefined } {
    const role = this.roleByArn(roleArn);
    if (role === undefined) return { identity: [], boundary: undefined };
    const attached = role.attachedPolicies.map((policyArn) => this.policyDocument(policyArn));
    return {
      identity: [...Object.values(role.inlinePolicies), ...attached].map((each) => this.#parse(each, 'identity')),
      boundary: role.boundary === undefined ? undefined : this.#parse(this.policyDocument(role.boundary), 'identity'),
    };
  }

  /** Who may assume a role; undefined when there is no such role. */
  trustOf(roleArn: string): Policy | undefined {
    const role = this.roleByArn(roleArn);
    return role && this.#parse(role.trustPolicy, 'trust');
  }

  #parse(source: JsonObject, kind: PolicyKind): Policy {
    const known = this.#parsed.get(source);
    if (known !== undefined) return known;
    const policy = parsePolicy(source, kind);
    this.#parsed.set(source, policy);
    return policy;
  }

  #putPolicy(policy: ManagedPolicy): void {
    this.#policies.set(policy.arn, policy);
    this.#keptPolicies.put(policy.arn, policy);
  }
}

/** Ids such as AROAEXAMPLE; the same for the same ARN, so that they survive a restart. */
function uniqueId(prefix: string, text: string): string {
  const digest = createHash('sha256').update(text).digest('hex');
  return prefix + BigInt(`0x${digest}`).toString(32).toUpperCase().slice(0, 17);
}
