import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import { Mirror } from '../../core/mirror.ts';
import type { StateStore } from '../../core/state-store.ts';
import { type ApiDefinition, type Deployment, type RestApi, restApiSchema, type Stage } from './api-definition.ts';
import { type ApiKey, apiKeySchema, type UsagePlan, usagePlanSchema } from './usage-plans.ts';

const accountSchema = z.object({ cloudWatchRoleArn: z.string().optional() });

/** REST APIs, API keys and usage plans. Code that changes one in place calls `changed`. */
export class RestApiStore {
  readonly apis: Map<string, RestApi>;
  readonly keys: Map<string, ApiKey>;
  readonly plans: Map<string, UsagePlan>;
  readonly #keysByValue: Map<string, ApiKey>;
  /** The role that writes the account's access and execution logs. */
  cloudWatchRoleArn: string | undefined;
  readonly #mirrors: readonly { changed(): void }[];

  constructor(state: StateStore) {
    const apis = new Mirror(state, 'apigateway/apis', restApiSchema, () => this.apis);
    const keys = new Mirror(state, 'apigateway/keys', apiKeySchema, () => this.keys);
    const plans = new Mirror(state, 'apigateway/plans', usagePlanSchema, () => this.plans);
    const account = new Mirror(state, 'apigateway/account', accountSchema, () => {
      const { cloudWatchRoleArn } = this;
      return new Map([['account', { cloudWatchRoleArn }]]);
    });
    this.#mirrors = [apis, keys, plans, account];
    this.apis = apis.kept();
    this.keys = keys.kept();
    this.#keysByValue = new Map([...this.keys.values()].map((key) => [key.value, key]));
    this.plans = plans.kept();
    this.cloudWatchRoleArn = account.kept().get('account')?.cloudWatchRoleArn;
  }

  changed(): void {
    for (const mirror of this.#mirrors) mirror.changed();
  }

  /** @throws AwsError NotFoundException, as all below */
  api(apiId: string): RestApi {
    return this.apis.get(apiId) ?? notFound('API', apiId);
  }

  stage(apiId: string, stageName: string): Stage {
    const { stages } = this.api(apiId);
    return own(stages, stageName) ?? notFound('stage', stageName);
  }

  deployment(apiId: string, deploymentId: string): Deployment {
    return own(this.api(apiId).deployments, deploymentId) ?? notFound('Deployment', deploymentId);
  }

  key(id: string): ApiKey {
    return this.keys.get(id) ?? notFound('API Key', id);
  }

  /** @throws AwsError ConflictException for the value of another key */
  addKey(key: ApiKey): void {
    if (this.#keysByValue.has(key.value)) {
      throw new AwsError('ConflictException', 'API Key already exists', 409);
    }
    this.keys.set(key.id, key);
    this.#keysByValue.set(key.value, key);
    this.changed();
  }

  /** The values of keys are unique. */
  keyOf(value: string): ApiKey | undefined {
    return this.#keysByValue.get(value);
  }

  /** Also out of every usage plan. */
  removeKey(id: string): void {
    const key = this.keys.get(id);
    if (key !== undefined) this.#keysByValue.delete(key.value);
    this.keys.delete(id);
    for (const plan of this.plans.values()) plan.keyIds = plan.keyIds.filter((keyId) => keyId !== id);
    this.changed();
  }

  plan(id: string): UsagePlan {
    return this.plans.get(id) ?? notFound('Usage Plan', id);
  }
}

export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function notFound(kind: string, id: string): never {
  throw new AwsError('NotFoundException', `Invalid ${kind} identifier specified ${id}`, 404);
}

export function emptyDefinition(): ApiDefinition {
  return {
    binaryMediaTypes: [],
    apiKeySource: 'HEADER',
    resources: {},
    models: {},
    requestValidators: {},
    authorizers: {},
    gatewayResponses: {},
  };
}
