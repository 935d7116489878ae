import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  FlushStageCacheCommand,
  GetAccountCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  GetDeploymentsCommand,
  GetMethodCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetStagesCommand,
  GetTagsCommand,
  GetUsagePlansCommand,
  TagResourceCommand,
  TestInvokeMethodCommand,
  UntagResourceCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { startTestGateway } from './test-gateway.fixture.ts';

async function startWithClient(t: Parameters<typeof startTestGateway>[0]) {
  const gateway = await startTestGateway(t);
  const client = new APIGatewayClient({
    endpoint: gateway.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  t.after(() => client.destroy());
  return { gateway, client };
}

test('APIs, resources and methods can be read', async (t) => {
  const { gateway, client } = await startWithClient(t);
  const api = await gateway.deploy({ 'GET /tasks/{id}': {}, 'POST /tasks': {} }, { api: { Name: 'tasks' } });
  const { items = [] } = await client.send(new GetRestApisCommand({}));
  assert.deepEqual(
    items.map(({ id, name }) => [id, name]),
    [[api.id, 'tasks']],
  );
  const restApi = await client.send(new GetRestApiCommand({ restApiId: api.id }));
  assert.ok(restApi.createdDate instanceof Date);
  const { items: resources = [] } = await client.send(new GetResourcesCommand({ restApiId: api.id, limit: 500 }));
  assert.deepEqual(resources.map(({ path }) => path).sort(), ['/', '/tasks', '/tasks/{id}']);
  const resourceId = resources.find(({ path }) => path === '/tasks')?.id ?? '';
  const method = await client.send(new GetMethodCommand({ restApiId: api.id, resourceId, httpMethod: 'POST' }));
  assert.equal(method.methodIntegration?.type, 'AWS_PROXY');
  const firstPage = await client.send(new GetResourcesCommand({ restApiId: api.id, limit: 2 }));
  assert.equal(firstPage.items?.length, 2);
  const nextPage = await client.send(
    new GetResourcesCommand({ restApiId: api.id, limit: 2, position: firstPage.position }),
  );
  assert.equal(nextPage.items?.length, 1);
  assert.equal(nextPage.position, undefined);
  for (const refused of [{ position: 'forged' }, { limit: -1 }]) {
    await assert.rejects(client.send(new GetResourcesCommand({ restApiId: api.id, ...refused })), {
      name: 'BadRequestException',
    });
  }
  await assert.rejects(client.send(new GetApiKeysCommand({ customerId: 'c' })), { message: /customerId/ });
  await assert.rejects(client.send(new GetRestApiCommand({ restApiId: 'nobody' })), { name: 'NotFoundException' });
});

test('the calls that osls makes after a deploy: deployments, stage, tags', async (t) => {
  const { gateway, client } = await startWithClient(t);
  await gateway.allowLogs();
  const api = await gateway.deploy({ 'GET /x': {} });
  const restApiId = api.id;
  const { items: [deployment] = [] } = await client.send(new GetDeploymentsCommand({ restApiId, limit: 500 }));
  const stage = await client.send(new GetStageCommand({ restApiId, stageName: 'dev' }));
  assert.equal(stage.deploymentId, deployment?.id);

  const updated = await client.send(
    new UpdateStageCommand({
      restApiId,
      stageName: 'dev',
      patchOperations: [
        { op: 'replace', path: '/tracingEnabled', value: 'true' },
        { op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO' },
        { op: 'replace', path: '/*/*/logging/dataTrace', value: 'true' },
        { op: 'replace', path: '/*/*/metrics/enabled', value: 'true' },
        { op: 'replace', path: '/~1x/GET/throttling/burstLimit', value: '0' },
        { op: 'replace', path: '/~1x/GET/throttling/rateLimit', value: '0' },
        {
          op: 'replace',
          path: '/accessLogSettings/destinationArn',
          value: 'arn:aws:logs:us-east-1:000000000000:log-group:g',
        },
        { op: 'replace', path: '/accessLogSettings/format', value: '$context.requestId' },
        { op: 'replace', path: '/variables/color', value: 'blue' },
      ],
    }),
  );
  assert.equal(updated.tracingEnabled, true);
  assert.equal(updated.methodSettings?.['*/*']?.loggingLevel, 'INFO');
  assert.equal(updated.variables?.color, 'blue');
  assert.equal(updated.accessLogSettings?.format, '$context.requestId');
  assert.equal((await api.send('GET', '/x')).status, 429);
  assert.equal(
    gateway.logged.some(({ group }) => group === 'g'),
    true,
  );
  const bare = await client.send(
    new UpdateStageCommand({
      restApiId,
      stageName: 'dev',
      patchOperations: [{ op: 'remove', path: '/accessLogSettings' }],
    }),
  );
  assert.equal(bare.accessLogSettings, undefined);
  await assert.rejects(
    client.send(
      new UpdateStageCommand({
        restApiId,
        stageName: 'dev',
        patchOperations: [{ op: 'replace', path: '/odd', value: 'x' }],
      }),
    ),
    { name: 'BadRequestException', message: /\/odd/ },
  );

  const resourceArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}/stages/dev`;
  await client.send(new TagResourceCommand({ resourceArn, tags: { a: '1', b: '2' } }));
  await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['b'] }));
  assert.deepEqual((await client.send(new GetTagsCommand({ resourceArn }))).tags, { a: '1' });
});

test('a deployment made by the API serves the stage', async (t) => {
  const { gateway, client } = await startWithClient(t);
  const api = await gateway.deploy({ 'GET /x': {} });
  const { id } = await client.send(new CreateDeploymentCommand({ restApiId: api.id, stageName: 'fresh' }));
  const { item = [] } = await client.send(new GetStagesCommand({ restApiId: api.id, deploymentId: id }));
  assert.deepEqual(
    item.map(({ stageName }) => stageName),
    ['fresh'],
  );
  assert.equal((await api.send('GET', '/x', { stage: 'fresh' })).status, 200);
  await client.send(new FlushStageCacheCommand({ restApiId: api.id, stageName: 'fresh' }));
});

test('keys show their value only when asked for', async (t) => {
  const { gateway, client } = await startWithClient(t);
  const { physicalId } = await gateway.create('ApiKey', { Name: 'k', Value: 'a-key-of-twenty-characters' });
  await gateway.create('UsagePlan', { UsagePlanName: 'p', Quota: { Limit: 5, Period: 'MONTH' } });
  const { items: [hidden] = [] } = await client.send(new GetApiKeysCommand({ nameQuery: 'k' }));
  assert.equal(hidden?.value, undefined);
  const { items: [shown] = [] } = await client.send(new GetApiKeysCommand({ includeValues: true }));
  assert.equal(shown?.value, 'a-key-of-twenty-characters');
  const key = await client.send(new GetApiKeyCommand({ apiKey: physicalId, includeValue: true }));
  assert.equal(key.value, 'a-key-of-twenty-characters');
  const { items: [plan] = [] } = await client.send(new GetUsagePlansCommand({}));
  assert.deepEqual([plan?.name, plan?.quota?.limit], ['p', 5]);
  assert.equal((await client.send(new GetAccountCommand({}))).throttleSettings?.burstLimit, 5000);
});

test('what is not there is refused by name', async (t) => {
  const { gateway, client } = await startWithClient(t);
  const api = await gateway.deploy({ 'GET /x': {} });
  await assert.rejects(
    client.send(new TestInvokeMethodCommand({ restApiId: api.id, resourceId: 'r', httpMethod: 'GET' })),
    { name: 'UnsupportedOperation', message: /TestInvokeMethod/ },
  );
});
