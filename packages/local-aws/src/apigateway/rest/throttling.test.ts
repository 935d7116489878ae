import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import type { JsonObject } from '../../core/json.ts';
import { startTestGateway, type TestApi, type TestGateway } from './test-gateway.fixture.ts';

const statuses = async (api: TestApi, path: string, count: number, headers: Record<string, string> = {}) => {
  const seen: number[] = [];
  for (let i = 0; i < count; i++) seen.push((await api.send('GET', path, { headers })).status);
  return seen;
};

test('a stage admits its burst, then its rate, for each method', async (t) => {
  const clock = new ManualClock();
  const gateway = await startTestGateway(t, { clock });
  const api = await gateway.deploy(
    { 'GET /a': {}, 'POST /a': {}, 'GET /b': {} },
    {
      stage: {
        MethodSettings: [
          { ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: '2', ThrottlingBurstLimit: 3 },
          { ResourcePath: '/~1b', HttpMethod: 'GET', ThrottlingRateLimit: 0, ThrottlingBurstLimit: 1 },
        ],
      },
    },
  );
  assert.deepEqual(await statuses(api, '/a', 4), [200, 200, 200, 429]);
  const refused = await api.send('GET', '/a');
  assert.equal(refused.body, '{"message":"Too Many Requests"}');
  assert.equal(refused.headers['x-amzn-errortype'], 'TooManyRequestsException');
  await clock.advance(1000);
  assert.deepEqual(await statuses(api, '/a', 3), [200, 200, 429]);
  assert.equal((await api.send('POST', '/a')).status, 200);
  assert.deepEqual(await statuses(api, '/b', 2), [200, 429]);
});

// "Per-API, per-stage throttling limits are applied at the API method level for a stage."
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
test('requests to one method take nothing from the limit of another', async (t) => {
  const gateway = await startTestGateway(t, { clock: new ManualClock() });
  const api = await gateway.deploy(
    { 'GET /a': {}, 'GET /b': {}, 'ANY /c': {} },
    {
      stage: {
        MethodSettings: [{ ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 }],
      },
    },
  );
  assert.deepEqual(await statuses(api, '/a', 3), [200, 200, 429]);
  assert.deepEqual(await statuses(api, '/b', 3), [200, 200, 429]);
  const any = await Promise.all(['GET', 'POST', 'PUT'].map((method) => api.send(method, '/c')));
  assert.deepEqual(any.map(({ status }) => status).sort(), [200, 200, 429]);
});

/** `GET /x` behind an API key, with a plan. */
async function deployWithPlan(gateway: TestGateway, plan: JsonObject = {}, key: JsonObject = {}) {
  const api = await gateway.deploy({ 'GET /x': { ApiKeyRequired: true }, 'GET /open': {} });
  const value = 'a-key-of-twenty-characters';
  const { physicalId: KeyId } = await gateway.create('ApiKey', { Name: 'k', Value: value, Enabled: true, ...key });
  const { physicalId: UsagePlanId } = await gateway.create('UsagePlan', {
    UsagePlanName: 'p',
    ApiStages: [{ ApiId: api.id, Stage: 'dev' }],
    ...plan,
  });
  await gateway.create('UsagePlanKey', { KeyId, KeyType: 'API_KEY', UsagePlanId });
  return { api, headers: { 'x-api-key': value } };
}

test('a method that requires a key takes only those of a plan with this stage', async (t) => {
  const gateway = await startTestGateway(t, {
    lambda: ({ requestContext }) => ({ statusCode: 200, body: JSON.stringify(requestContext) }),
  });
  const { api, headers } = await deployWithPlan(gateway);
  await gateway.create('ApiKey', { Name: 'other', Value: 'another-key-of-the-account', Enabled: true });
  for (const refused of [{}, { 'x-api-key': 'wrong' }, { 'x-api-key': 'another-key-of-the-account' }]) {
    const answer = await api.send('GET', '/x', { headers: refused });
    assert.deepEqual([answer.status, answer.body], [403, '{"message":"Forbidden"}']);
    assert.equal(answer.headers['x-amzn-errortype'], 'ForbiddenException');
  }
  const admitted = await api.send('GET', '/x', { headers });
  assert.equal(admitted.status, 200);
  assert.equal(JSON.parse(admitted.body).identity.apiKey, headers['x-api-key']);
  assert.equal((await api.send('GET', '/open')).status, 200);
});

test('no two keys have the same value', async (t) => {
  const gateway = await startTestGateway(t);
  const key = (Name: string, Value: string) => gateway.create('ApiKey', { Name, Value, Enabled: true });
  await key('one', 'a-key-of-twenty-characters');
  await key('two', 'another-key-of-the-account');
  await assert.rejects(key('three', 'a-key-of-twenty-characters'), { message: 'API Key already exists' });
});

test('a plan takes no stage that is not there', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /x': {} });
  const plan = (ApiId: string, Stage: string) => gateway.create('UsagePlan', { ApiStages: [{ ApiId, Stage }] });
  await plan(api.id, 'dev');
  await assert.rejects(plan(api.id, 'prod'), { message: `API Stage not found: ${api.id}:prod` });
  await assert.rejects(plan('gone', 'dev'), { message: 'API Stage not found: gone:dev' });
});

test('a key that is not enabled is refused', async (t) => {
  const gateway = await startTestGateway(t);
  const { api, headers } = await deployWithPlan(gateway, {}, { Enabled: false });
  assert.equal((await api.send('GET', '/x', { headers })).status, 403);
});

test('a plan has a rate and a quota for each key', async (t) => {
  const clock = new ManualClock(Date.UTC(2026, 0, 30, 12));
  const gateway = await startTestGateway(t, { clock });
  const { api, headers } = await deployWithPlan(gateway, {
    Throttle: { RateLimit: 1, BurstLimit: 2 },
    Quota: { Limit: 4, Period: 'DAY' },
  });
  assert.deepEqual(await statuses(api, '/x', 3, headers), [200, 200, 429]);
  await clock.advance(2000);
  assert.deepEqual(await statuses(api, '/x', 2, headers), [200, 200]);
  await clock.advance(2000);
  const over = await api.send('GET', '/x', { headers });
  assert.deepEqual([over.status, over.body], [429, '{"message":"Limit Exceeded"}']);
  assert.equal(over.headers['x-amzn-errortype'], 'LimitExceededException');
  await clock.advance(12 * 3600 * 1000);
  assert.deepEqual(await statuses(api, '/x', 1, headers), [200]);
});

test('the offset of a quota counts in the first period only', async (t) => {
  const clock = new ManualClock(Date.UTC(2026, 0, 30, 12));
  const gateway = await startTestGateway(t, { clock });
  const { api, headers } = await deployWithPlan(gateway, { Quota: { Limit: 3, Offset: 2, Period: 'DAY' } });
  assert.deepEqual(await statuses(api, '/x', 2, headers), [200, 429]);
  await clock.advance(24 * 3600 * 1000);
  assert.deepEqual(await statuses(api, '/x', 4, headers), [200, 200, 200, 429]);
});
