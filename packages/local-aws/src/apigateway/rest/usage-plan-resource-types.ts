import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import { deriveId } from '../../core/derive-id.ts';
import { generatedName } from '../../core/generated-name.ts';
import { defineResource, property, type ResourceType } from '../../core/resource-type.ts';
import { resourceTags } from '../../core/tags.ts';
import { apiKeyName, apiKeyValue } from './control-input.ts';
import { own, type RestApiStore } from './rest-api-store.ts';
import { number } from './stage-resource-types.ts';
import type { UsagePlan } from './usage-plans.ts';

const { string, integer, boolean, tags, inert } = property;

const stageKey = z.strictObject({ RestApiId: string(), StageName: string() });
const apiKey = z.strictObject({
  Name: string().pipe(apiKeyName).optional(),
  Description: string().optional(),
  Value: string().pipe(apiKeyValue).optional(),
  Enabled: boolean().optional(),
  GenerateDistinctId: inert(),
  CustomerId: inert(),
  StageKeys: property.kept(z.array(stageKey).optional()),
  Tags: tags().optional(),
});
const throttle = z.strictObject({ RateLimit: number.optional(), BurstLimit: integer().optional() });
const usagePlan = z.strictObject({
  UsagePlanName: string().optional(),
  Description: string().optional(),
  ApiStages: z
    .array(z.strictObject({ ApiId: string(), Stage: string(), Throttle: z.record(z.string(), throttle).optional() }))
    .optional(),
  Throttle: throttle.optional(),
  Quota: z
    .strictObject({ Limit: integer(), Offset: integer().optional(), Period: z.enum(['DAY', 'WEEK', 'MONTH']) })
    .optional(),
  Tags: tags().optional(),
});
const usagePlanKey = z.strictObject({ KeyId: string(), KeyType: z.literal('API_KEY'), UsagePlanId: string() });

/** `AWS::ApiGateway::ApiKey`, `UsagePlan` and `UsagePlanKey`. */
export function usagePlanResourceTypes(store: RestApiStore, clock: Clock): ResourceType[] {
  return [
    defineResource({
      type: 'AWS::ApiGateway::ApiKey',
      properties: apiKey,
      replaceOn: ['Name', 'Value'],
      create: (properties, context) => {
        const { stackName, logicalId, generation = 0 } = context;
        const id = deriveId(10, 'key', stackName, logicalId, String(generation));
        const stageKeys = stageKeysOf(properties, store);
        const now = clock.now();
        store.addKey({
          id,
          name: properties.Name ?? generatedName(context, 128),
          value: properties.Value ?? deriveId(40, 'value', stackName, logicalId, String(generation)),
          enabled: properties.Enabled ?? false,
          createdDate: now,
          lastUpdatedDate: now,
          tags: resourceTags(context.tags, properties.Tags),
          stageKeys,
          ...(properties.Description !== undefined && { description: properties.Description }),
        });
        return { physicalId: id, attributes: { APIKeyId: id } };
      },
      update: (properties, { state }, { tags }) => {
        const key = store.key(state.physicalId);
        key.stageKeys = stageKeysOf(properties, store);
        key.enabled = properties.Enabled ?? false;
        key.tags = resourceTags(tags, properties.Tags);
        key.lastUpdatedDate = clock.now();
        if (properties.Description !== undefined) key.description = properties.Description;
        store.changed();
        return state;
      },
      delete: ({ physicalId }) => store.removeKey(physicalId),
    }),
    defineResource({
      type: 'AWS::ApiGateway::UsagePlan',
      properties: usagePlan,
      replaceOn: [],
      create: (properties, context) => {
        checkStages(properties, store);
        const id = deriveId(6, 'plan', context.stackName, context.logicalId, String(context.generation ?? 0));
        const name = properties.UsagePlanName ?? generatedName(context, 128);
        store.plans.set(id, readPlan(id, name, properties, { keyIds: [], tags: context.tags }));
        store.changed();
        return { physicalId: id, attributes: { Id: id } };
      },
      update: (properties, { state }, { tags }) => {
        checkStages(properties, store);
        const { id, name, keyIds } = store.plan(state.physicalId);
        store.plans.set(id, readPlan(id, properties.UsagePlanName ?? name, properties, { keyIds, tags }));
        store.changed();
        return state;
      },
      delete: ({ physicalId }) => {
        store.plans.delete(physicalId);
        store.changed();
      },
    }),
    defineResource({
      type: 'AWS::ApiGateway::UsagePlanKey',
      properties: usagePlanKey,
      replaceOn: 'any',
      create: ({ KeyId, UsagePlanId }) => {
        const key = store.key(KeyId);
        store.plan(UsagePlanId).keyIds.push(key.id);
        store.changed();
        const id = `${KeyId}:${UsagePlanId}`;
        return { physicalId: id, attributes: { Id: id } };
      },
      delete: (_state, { KeyId, UsagePlanId }) => {
        const plan = store.plans.get(UsagePlanId);
        if (plan === undefined) return;
        plan.keyIds = plan.keyIds.filter((id) => id !== KeyId);
        store.changed();
      },
    }),
  ];
}

/** The Serverless Framework names the stage of its API in every key. @throws AwsError NotFoundException */
function stageKeysOf({ StageKeys = [] }: z.infer<typeof apiKey>, store: RestApiStore): string[] {
  return StageKeys.map(({ RestApiId, StageName }) => {
    store.stage(RestApiId, StageName);
    return `${RestApiId}/${StageName}`;
  });
}

/** Templates that name a stage by its text have to wait for it with DependsOn. */
function checkStages({ ApiStages = [] }: z.infer<typeof usagePlan>, store: RestApiStore): void {
  for (const { ApiId, Stage } of ApiStages) {
    if (own(store.apis.get(ApiId)?.stages ?? {}, Stage) !== undefined) continue;
    throw new AwsError('NotFoundException', `API Stage not found: ${ApiId}:${Stage}`, 404);
  }
}

function readPlan(
  id: string,
  name: string,
  properties: z.infer<typeof usagePlan>,
  { keyIds, tags: ofStack }: { keyIds: string[]; tags: Readonly<Record<string, string>> },
): UsagePlan {
  const { Description, ApiStages = [], Throttle, Quota, Tags } = properties;
  return {
    id,
    name,
    keyIds,
    apiStages: ApiStages.map(({ ApiId, Stage, Throttle: byMethod }) => ({
      apiId: ApiId,
      stage: Stage,
      ...(byMethod !== undefined && {
        throttle: Object.fromEntries(Object.entries(byMethod).map(([method, limit]) => [method, readThrottle(limit)])),
      }),
    })),
    tags: resourceTags(ofStack, Tags),
    ...(Description !== undefined && { description: Description }),
    ...(Throttle !== undefined && { throttle: readThrottle(Throttle) }),
    ...(Quota !== undefined && { quota: { limit: Quota.Limit, offset: Quota.Offset ?? 0, period: Quota.Period } }),
  };
}

function readThrottle({ RateLimit = 0, BurstLimit = 0 }: z.infer<typeof throttle>): {
  rateLimit: number;
  burstLimit: number;
} {
  return { rateLimit: RateLimit, burstLimit: BurstLimit };
}
