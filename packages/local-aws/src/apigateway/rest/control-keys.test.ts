import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
  UpdateApiKeyCommand,
} from '@aws-sdk/client-api-gateway';
import { startTestGateway } from './test-gateway.fixture.ts';

async function start(t: TestContext) {
  const gateway = await startTestGateway(t);
  const client = new APIGatewayClient({
    endpoint: gateway.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  t.after(() => client.destroy());
  const api = await gateway.deploy({ 'GET /x': { ApiKeyRequired: true } });
  const { physicalId: usagePlanId } = await gateway.create('UsagePlan', {
    ApiStages: [{ ApiId: api.id, Stage: 'dev' }],
  });
  const status = async (key = ''): Promise<number> =>
    (await api.send('GET', '/x', { headers: { 'x-api-key': key } })).status;
  return { gateway, client, usagePlanId, status, api };
}

test('a key made by the API is let in once it is in a plan, while it is enabled', async (t) => {
  const { client, usagePlanId, status } = await start(t);
  const { id: apiKey, value } = await client.send(new CreateApiKeyCommand({ name: 'partner', enabled: true }));
  assert.match(value ?? '', /^[a-zA-Z0-9]{40}$/);
  assert.equal(await status(value), 403);

  await client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId: apiKey, keyType: 'API_KEY' }));
  assert.equal(await status(value), 200);
  const { items = [] } = await client.send(new GetUsagePlanKeysCommand({ usagePlanId }));
  assert.deepEqual(
    items.map(({ id, name }) => [id, name]),
    [[apiKey, 'partner']],
  );

  const enable = (to: string) =>
    client.send(new UpdateApiKeyCommand({ apiKey, patchOperations: [{ op: 'replace', path: '/enabled', value: to }] }));
  await enable('false');
  assert.equal(await status(value), 403);
  await enable('true');
  assert.equal(await status(value), 200);

  await client.send(new DeleteUsagePlanKeyCommand({ usagePlanId, keyId: apiKey }));
  assert.equal(await status(value), 403);
  await client.send(new DeleteApiKeyCommand({ apiKey }));
  assert.deepEqual((await client.send(new GetApiKeysCommand({}))).items, []);
});

test('the plans of a key are listed, and a deleted key is in none', async (t) => {
  const { gateway, client, usagePlanId } = await start(t);
  const key = await gateway.create('ApiKey', { Enabled: true });
  const keyId = key.physicalId;
  const plansOf = async (key: string) => (await client.send(new GetUsagePlansCommand({ keyId: key }))).items?.length;
  assert.equal(await plansOf(keyId), 0);
  await client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }));
  assert.equal(await plansOf(keyId), 1);

  await gateway.delete('ApiKey', { Enabled: true }, key);
  assert.deepEqual((await client.send(new GetUsagePlanKeysCommand({ usagePlanId }))).items, []);
});

test('a key has 20 to 128 characters of its own, and needs a plan and a key that exist', async (t) => {
  const { client, usagePlanId } = await start(t);
  const value = 'a-key-of-twenty-characters';
  await client.send(new CreateApiKeyCommand({ value }));
  await assert.rejects(client.send(new CreateApiKeyCommand({ value })), { name: 'ConflictException' });
  // test_create_api_key_with_invalid_value and test_create_api_key_with_invalid_name of LocalStack's recordings
  for (const [input, message] of [
    [{ value: 'short' }, /API Key value should be at least 20 characters/],
    [{ value: 'x'.repeat(129) }, /API Key value exceeds maximum size of 128 characters/],
    [{ name: 'x'.repeat(1025) }, /Invalid API Key name, can be at most 1024 characters\./],
  ] as const) {
    await assert.rejects(client.send(new CreateApiKeyCommand(input)), { name: 'BadRequestException', message });
  }
  for (const request of [
    { usagePlanId, keyId: 'nobody', keyType: 'API_KEY' },
    { usagePlanId: 'nothing', keyId: 'nobody', keyType: 'API_KEY' },
  ]) {
    await assert.rejects(client.send(new CreateUsagePlanKeyCommand(request)), { name: 'NotFoundException' });
  }
});

test('keys and plans of a stack have its tags, and their own besides', async (t) => {
  const { gateway, client } = await start(t);
  const Tags = [{ Key: 'team', Value: 'partners' }];
  const { physicalId: apiKey } = await gateway.create('ApiKey', { Tags });
  const { physicalId: usagePlanId } = await gateway.create('UsagePlan', { Tags });
  const tags = { service: 'test', team: 'partners' };
  assert.deepEqual((await client.send(new GetApiKeyCommand({ apiKey }))).tags, tags);
  assert.deepEqual((await client.send(new GetUsagePlanCommand({ usagePlanId }))).tags, tags);
});

test('a key names stages, as those of the Serverless Framework do, and is let in by a plan alone', async (t) => {
  const { gateway, client, usagePlanId, status, api } = await start(t);
  const StageKeys = [{ RestApiId: api.id, StageName: 'dev' }];
  const { physicalId: apiKey } = await gateway.create('ApiKey', { Enabled: true, StageKeys });
  const { stageKeys, value } = await client.send(new GetApiKeyCommand({ apiKey, includeValue: true }));
  assert.deepEqual(stageKeys, [`${api.id}/dev`]);
  assert.equal(await status(value), 403);
  await client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId: apiKey, keyType: 'API_KEY' }));
  assert.equal(await status(value), 200);

  const missing = { name: 'NotFoundException', message: /Invalid stage identifier specified/ };
  await assert.rejects(gateway.create('ApiKey', { StageKeys: [{ RestApiId: api.id, StageName: 'none' }] }), {
    message: missing.message,
  });
  const input = { stageKeys: [{ restApiId: api.id, stageName: 'none' }] };
  await assert.rejects(client.send(new CreateApiKeyCommand(input)), missing);
});
