import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { isJsonObject } from '../core/json.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import { Mirror } from '../core/mirror.ts';
import { parseJson } from '../core/parse-json.ts';
import { defineResource, type ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { refuseUnknownConditionKeys } from '../iam/condition-keys.ts';
import { parsePolicy } from '../iam/policy-document.ts';
import { invalidParameter, readLogInput } from './log-input.ts';

const policySchema = z.object({
  name: z.string(),
  region: z.string(),
  /** JSON text. */
  document: z.string(),
  /** Epoch milliseconds. */
  updatedAt: z.number(),
});
type LogPolicy = z.infer<typeof policySchema>;

const maxPolicies = 10;

/** The resource policies of CloudWatch Logs: of the region, not of a group. They let services write, such as EventBridge. */
export class LogPolicies {
  readonly #clock: Clock;
  readonly #policies: Map<string, LogPolicy>;
  readonly #mirror: Mirror<LogPolicy>;

  constructor(state: StateStore, clock: Clock) {
    this.#clock = clock;
    this.#mirror = new Mirror(state, 'logs/resource-policies', policySchema, () => this.#policies);
    this.#policies = this.#mirror.kept();
  }

  list(region: string): LogPolicy[] {
    return [...this.#policies.values()].filter((policy) => policy.region === region);
  }

  /** @throws AwsError */
  put(name: string, region: string, document: string): LogPolicy {
    checkPolicy(document);
    const key = keyOf(name, region);
    if (!this.#policies.has(key) && this.list(region).length >= maxPolicies) {
      throw new AwsError('LimitExceededException', 'Resource limit exceeded.');
    }
    const policy = { name, region, document, updatedAt: this.#clock.now() };
    this.#policies.set(key, policy);
    this.#mirror.changed(key);
    return policy;
  }

  /** False when there is no such policy. */
  delete(name: string, region: string): boolean {
    const key = keyOf(name, region);
    const existed = this.#policies.delete(key);
    this.#mirror.changed(key);
    return existed;
  }

  /** All policies of the region of a log group or stream together; undefined for other ARNs. */
  policyOf(resourceArn: string): string | undefined {
    const { service, region = '' } = parseArn(resourceArn) ?? {};
    const policies = service === 'logs' ? this.list(region) : [];
    if (policies.length === 0) return undefined;
    const statements = policies.flatMap(({ document }) => {
      const policy = parseJson(document);
      const statement = isJsonObject(policy) ? policy.Statement : undefined;
      return Array.isArray(statement) ? statement : [statement ?? null];
    });
    return JSON.stringify({ Version: '2012-10-17', Statement: statements });
  }

  actions(): Record<string, JsonAction> {
    return {
      PutResourcePolicy: (input, { region }) => {
        const schema = z.strictObject({ policyName: z.string().min(1), policyDocument: z.string().min(1).max(5120) });
        const { policyName, policyDocument } = readLogInput(input, schema);
        return { resourcePolicy: describe(this.put(policyName, region, policyDocument)) };
      },
      DescribeResourcePolicies: (input, { region }) => {
        readLogInput(input, z.strictObject({ limit: z.int().optional() }));
        return { resourcePolicies: this.list(region).map(describe) };
      },
      DeleteResourcePolicy: (input, { region }) => {
        const { policyName } = readLogInput(input, z.strictObject({ policyName: z.string().min(1) }));
        if (this.delete(policyName, region)) return {};
        throw new AwsError('ResourceNotFoundException', `Policy with name [${policyName}] does not exist.`);
      },
    };
  }

  /** AWS::Logs::ResourcePolicy. */
  resourceType(): ResourceType {
    return defineResource({
      type: 'AWS::Logs::ResourcePolicy',
      properties: z.strictObject({ PolicyName: z.string(), PolicyDocument: z.string() }),
      replaceOn: ['PolicyName'],
      create: ({ PolicyName, PolicyDocument }, { region }) => {
        this.put(PolicyName, region, PolicyDocument);
        return { physicalId: PolicyName, attributes: {} };
      },
      update: ({ PolicyName, PolicyDocument }, { state }, { region }) => {
        this.put(PolicyName, region, PolicyDocument);
        return state;
      },
      delete: ({ physicalId }, _properties, { region }) => {
        this.delete(physicalId, region);
      },
    });
  }
}

function describe({ name, document, updatedAt }: LogPolicy): object {
  return { policyName: name, policyDocument: document, lastUpdatedTime: updatedAt, policyScope: 'ACCOUNT' };
}

function keyOf(name: string, region: string): string {
  return `${region}/${name}`;
}

/** @throws AwsError InvalidParameterException */
function checkPolicy(document: string): void {
  const policy = parseJson(document);
  if (policy === undefined) throw invalidParameter('The policy document is not JSON.');
  try {
    refuseUnknownConditionKeys(parsePolicy(policy, 'resource'));
  } catch (error) {
    if (error instanceof AwsError) throw invalidParameter(error.message);
    throw error;
  }
}
