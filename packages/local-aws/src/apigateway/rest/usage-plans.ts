import * as z from 'zod';
import type { Clock } from '../../core/clock.ts';
import { Throttle } from '../../core/throttle.ts';
import type { Exchange } from './exchange.ts';
import { headerOf } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';

const throttleSchema = z.object({ rateLimit: z.number(), burstLimit: z.number() });

export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  value: z.string(),
  enabled: z.boolean(),
  createdDate: z.number(),
  lastUpdatedDate: z.number(),
  tags: z.record(z.string(), z.string()),
  /** `<API id>/<stage>`: from before usage plans, which alone let a key in. */
  stageKeys: z.array(z.string()).optional(),
});

export const usagePlanSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  apiStages: z.array(
    z.object({ apiId: z.string(), stage: z.string(), throttle: z.record(z.string(), throttleSchema).optional() }),
  ),
  throttle: throttleSchema.optional(),
  quota: z.object({ limit: z.number(), offset: z.number(), period: z.enum(['DAY', 'WEEK', 'MONTH']) }).optional(),
  keyIds: z.array(z.string()),
  tags: z.record(z.string(), z.string()),
});

export type ApiKey = z.infer<typeof apiKeySchema>;
export type UsagePlan = z.infer<typeof usagePlanSchema>;

/** The keys and plans of the account, as they are now. */
export type UsagePlanSource = {
  readonly keyOf: (value: string) => ApiKey | undefined;
  readonly plans: () => Iterable<UsagePlan>;
};

/** Checks API keys against usage plans and meters what their holders do. */
export class UsagePlans {
  readonly #clock: Clock;
  readonly #source: UsagePlanSource;
  readonly #throttle: Throttle;
  readonly #used = new Map<string, { period: string; count: number }>();

  constructor(clock: Clock, source: UsagePlanSource) {
    this.#clock = clock;
    this.#source = source;
    this.#throttle = new Throttle(clock);
  }

  /**
   * Admits the holder of a key that a plan lets into this stage.
   * @throws GatewayError 403 without such a key, 429 over the plan's rate or quota
   */
  admit(exchange: Exchange, apiKeySource: 'HEADER' | 'AUTHORIZER'): void {
    const value = apiKeySource === 'HEADER' ? headerOf(exchange, 'x-api-key') : exchange.authorizer?.usageIdentifierKey;
    const key = typeof value === 'string' ? this.#source.keyOf(value) : undefined;
    const plan = key?.enabled ? this.#planOf(key, exchange) : undefined;
    if (key === undefined || plan === undefined) throw new GatewayError('INVALID_API_KEY', 'Forbidden');
    exchange.apiKey = { id: key.id, value: key.value };
    this.#throttleByPlan(plan, key, exchange);
    this.#countAgainstQuota(plan, key);
  }

  #planOf(key: ApiKey, { apiId, stage }: Exchange): UsagePlan | undefined {
    return [...this.#source.plans()].find(
      ({ keyIds, apiStages }) =>
        keyIds.includes(key.id) &&
        apiStages.some((apiStage) => apiStage.apiId === apiId && apiStage.stage === stage.stageName),
    );
  }

  #throttleByPlan(plan: UsagePlan, key: ApiKey, { apiId, stage, resource, request }: Exchange): void {
    const apiStage = plan.apiStages.find(
      (candidate) => candidate.apiId === apiId && candidate.stage === stage.stageName,
    );
    const method = `${resource?.path}/${request.method}`;
    const ofMethod = apiStage?.throttle?.[method];
    const limit = ofMethod ?? plan.throttle;
    if (limit === undefined) return;
    const bucket = JSON.stringify([plan.id, key.id, ofMethod === undefined ? '' : `${apiId}${method}`]);
    if (this.#throttle.admits(bucket, { rate: limit.rateLimit, burst: limit.burstLimit })) return;
    throw new GatewayError('THROTTLED', 'Too Many Requests');
  }

  #countAgainstQuota({ id, quota }: UsagePlan, key: ApiKey): void {
    if (quota === undefined) return;
    const bucket = `${id}/${key.id}`;
    const period = periodOf(this.#clock.now(), quota.period);
    const known = this.#used.get(bucket);
    // The offset is for the period in which a key is first used.
    const start = known === undefined ? quota.offset : 0;
    const count = known?.period === period ? known.count : start;
    if (count >= quota.limit) throw new GatewayError('QUOTA_EXCEEDED', 'Limit Exceeded');
    this.#used.set(bucket, { period, count: count + 1 });
  }
}

/** Days and months are those of UTC; weeks begin on Sunday. */
function periodOf(now: number, period: 'DAY' | 'WEEK' | 'MONTH'): string {
  const date = new Date(now);
  if (period === 'WEEK') date.setUTCDate(date.getUTCDate() - date.getUTCDay());
  return date.toISOString().slice(0, period === 'MONTH' ? 7 : 10);
}
