import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import { type RestRoute, restBody } from '../../core/rest-protocol.ts';
import { apiKeyName, apiKeyValue, page, parse, patchesOf, refusePath } from './control-input.ts';
import type { RestApiStore } from './rest-api-store.ts';
import type { ApiKey } from './usage-plans.ts';
import { keyView, planView } from './views.ts';

const keySchema = z.strictObject({
  name: apiKeyName.optional(),
  description: z.string().optional(),
  enabled: z.boolean().default(false),
  value: apiKeyValue.optional(),
  generateDistinctId: z.boolean().optional(),
  stageKeys: z.array(z.strictObject({ restApiId: z.string(), stageName: z.string() })).default([]),
  tags: z.record(z.string(), z.string()).default({}),
});
const planKeySchema = z.strictObject({ keyId: z.string(), keyType: z.literal('API_KEY') });

/** Calls about API keys and about who of them a usage plan lets in; plans themselves come from templates. */
export function keyRoutes({ store, clock }: { readonly store: RestApiStore; readonly clock: Clock }): RestRoute[] {
  return [
    {
      method: 'GET',
      path: '/apikeys',
      handle: ({ query }) => {
        const name = query.get('name') ?? '';
        const includeValue = query.get('includeValues') === 'true';
        const keys = [...store.keys.values()].filter((key) => key.name.startsWith(name));
        return page(
          keys.map((key) => keyView(key, includeValue)),
          query,
          ['name', 'includeValues'],
        );
      },
    },
    {
      method: 'POST',
      path: '/apikeys',
      handle: (request) => {
        const wanted = parse(keySchema, restBody(request));
        for (const { restApiId, stageName } of wanted.stageKeys) store.stage(restApiId, stageName);
        const key = newKey(wanted, clock.now());
        store.addKey(key);
        return { status: 201, body: keyView(key, true) };
      },
    },
    {
      method: 'GET',
      path: '/apikeys/{id}',
      handle: ({ query }, { id = '' }) => ({ body: keyView(store.key(id), query.get('includeValue') === 'true') }),
    },
    {
      method: 'PATCH',
      path: '/apikeys/{id}',
      handle: (request, { id = '' }) => {
        const key = store.key(id);
        for (const { path, value = '' } of patchesOf(request, 'updateApiKey')) {
          if (path === '/enabled') key.enabled = value === 'true';
          else if (path === '/name') key.name = value;
          else if (path === '/description') key.description = value;
          else refusePath(path);
        }
        key.lastUpdatedDate = clock.now();
        store.changed();
        return { body: keyView(key, false) };
      },
    },
    {
      method: 'DELETE',
      path: '/apikeys/{id}',
      handle: (_request, { id = '' }) => {
        store.removeKey(store.key(id).id);
        return { status: 202 };
      },
    },
    {
      method: 'GET',
      path: '/usageplans',
      handle: ({ query }) => {
        const keyId = query.get('keyId');
        const plans = [...store.plans.values()].filter(({ keyIds }) => keyId === null || keyIds.includes(keyId));
        return page(plans.map(planView), query, ['keyId']);
      },
    },
    {
      method: 'GET',
      path: '/usageplans/{id}',
      handle: (_request, { id = '' }) => ({ body: planView(store.plan(id)) }),
    },
    {
      method: 'GET',
      path: '/usageplans/{id}/keys',
      handle: ({ query }, { id = '' }) =>
        page(
          store.plan(id).keyIds.map((keyId) => planKeyView(store.key(keyId))),
          query,
        ),
    },
    {
      method: 'POST',
      path: '/usageplans/{id}/keys',
      handle: (request, { id = '' }) => {
        const plan = store.plan(id);
        const key = store.key(parse(planKeySchema, restBody(request)).keyId);
        if (plan.keyIds.includes(key.id)) {
          throw new AwsError('ConflictException', `Usage Plan ${id} already has the API Key ${key.id}`, 409);
        }
        plan.keyIds.push(key.id);
        store.changed();
        return { status: 201, body: planKeyView(key) };
      },
    },
    {
      method: 'DELETE',
      path: '/usageplans/{id}/keys/{keyId}',
      handle: (_request, { id = '', keyId = '' }) => {
        const plan = store.plan(id);
        plan.keyIds = plan.keyIds.filter((each) => each !== store.key(keyId).id);
        store.changed();
        return { status: 202 };
      },
    },
  ];
}

function newKey(
  { name, description, enabled, value, tags, stageKeys }: z.infer<typeof keySchema>,
  now: number,
): ApiKey {
  const id = randomBytes(5).toString('hex');
  return {
    id,
    name: name ?? id,
    value: value ?? randomBytes(20).toString('hex'),
    enabled,
    createdDate: now,
    lastUpdatedDate: now,
    tags,
    stageKeys: stageKeys.map(({ restApiId, stageName }) => `${restApiId}/${stageName}`),
    ...(description !== undefined && { description }),
  };
}

function planKeyView({ id, name }: ApiKey): object {
  return { id, type: 'API_KEY', name };
}
