import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import { chooseRelease } from './canary.ts';
import { apiGatewayClient, startTestGateway } from './test-gateway.fixture.ts';

// What AWS answered when LocalStack recorded it: tests/aws/services/apigateway/test_apigateway_canary.snapshot.json of
// its repository. The names of its tests stand at the tests.

const mock = (message: string) => ({
  Integration: {
    Type: 'MOCK',
    RequestTemplates: { 'application/json': '{"statusCode": 200}' },
    IntegrationResponses: [
      {
        StatusCode: '200',
        ResponseTemplates: {
          'application/json': `${message} $stageVariables.color $stageVariables.kept $context.isCanaryRequest`,
        },
      },
    ],
  },
  MethodResponses: [{ StatusCode: '200' }],
});

async function startStage(t: TestContext) {
  const gateway = await startTestGateway(t);
  const client = apiGatewayClient(t, gateway);
  const variables = { color: 'blue', kept: 'kept' };
  const api = await gateway.deploy({ 'GET /x': mock('first') }, { stage: { Variables: variables } });
  const at = { restApiId: api.id, stageName: 'dev' };
  const { items = [] } = await client.getResources({ restApiId: api.id });
  const resourceId = items.find(({ path }) => path === '/x')?.id ?? '';
  return {
    gateway,
    api,
    client,
    at,
    update: (...patchOperations: PatchOperation[]) => client.updateStage({ ...at, patchOperations }),
    changeMethod: () =>
      client.updateIntegrationResponse({
        restApiId: api.id,
        resourceId,
        httpMethod: 'GET',
        statusCode: '200',
        patchOperations: [
          {
            op: 'replace',
            path: '/responseTemplates/application~1json',
            value: 'second $stageVariables.color $stageVariables.kept $context.isCanaryRequest',
          },
        ],
      }),
    get: async () => (await api.send('GET', '/x')).body,
  };
}
const replace = (path: string, value: string): PatchOperation => ({
  op: 'replace',
  path: `/canarySettings${path}`,
  value,
});
const refusal = (message: string | RegExp) => ({ name: 'BadRequestException', message });

test('test_invoking_canary_deployment: a canary serves its share with its deployment and variables', async (t) => {
  const { client, at, update, changeMethod, get } = await startStage(t);
  assert.equal(await get(), 'first blue kept ');
  await changeMethod();
  await client.createDeployment({
    ...at,
    canarySettings: { percentTraffic: 0, stageVariableOverrides: { color: 'green' } },
  });
  assert.equal(await get(), 'first blue kept false');
  await update(replace('/percentTraffic', '100.0'));
  assert.equal(await get(), 'second green kept true');
});

test('test_update_stage_with_copy_ops: a promoted canary gives its deployment and variables to the stage', async (t) => {
  const { client, at, update, changeMethod, get } = await startStage(t);
  const promotion: PatchOperation[] = [
    { op: 'copy', from: '/canarySettings/deploymentId', path: '/deploymentId' },
    { op: 'copy', from: '/canarySettings/stageVariableOverrides', path: '/variables' },
  ];
  await assert.rejects(update(...promotion), refusal('Promotion not available. Canary does not exist.'));
  await assert.rejects(
    update({ op: 'copy', path: '/canarySettings/stageVariableOverrides', from: '/variables' }),
    refusal(/^Invalid copy operation with path: \/canarySettings\/stageVariableOverrides and from \/variables\./),
  );
  await changeMethod();
  const { id } = await client.createDeployment({
    ...at,
    canarySettings: { percentTraffic: 100, stageVariableOverrides: { color: 'green' } },
  });
  const promoted = await update(replace('/percentTraffic', '0.0'), ...promotion);
  assert.equal(promoted.deploymentId, id);
  assert.deepEqual(promoted.variables, { color: 'green', kept: 'kept' });
  assert.deepEqual(promoted.canarySettings, {
    deploymentId: id,
    percentTraffic: 0,
    stageVariableOverrides: { color: 'green' },
    useStageCache: false,
  });
  const ended = await update({ op: 'remove', path: '/canarySettings' });
  assert.equal(ended.canarySettings, undefined);
  assert.equal(await get(), 'second green kept ');
});

test('test_create_canary_deployment_by_stage_update: the first member that is set makes the canary', async (t) => {
  const { update, client, at } = await startStage(t);
  const { deploymentId } = await client.getStage(at);
  const { canarySettings } = await update(replace('/percentTraffic', '50'));
  assert.deepEqual(canarySettings, { deploymentId, percentTraffic: 50, useStageCache: false });
});

test('test_create_canary_deployment_validation', async (t) => {
  const { client, at } = await startStage(t);
  const create = (stageName?: string) =>
    client.createDeployment({ ...at, stageName, canarySettings: { percentTraffic: 50 } });
  const start = 'Invalid deployment content specified.';
  await assert.rejects(
    create(),
    refusal(`${start}Non null and non empty stageName must be provided for canary deployment. Provided value is null`),
  );
  await assert.rejects(
    create('other'),
    refusal(`${start}Stage other must already be created before making a canary release deployment`),
  );
  assert.equal((await client.getDeployments(at)).items?.length, 1);
});

test('test_update_stage_canary_deployment_validation', async (t) => {
  const { update } = await startStage(t);
  for (const member of ['stageVariableOverrides', 'badPath']) {
    await assert.rejects(
      update({ op: 'remove', path: `/canarySettings/${member}` }),
      refusal(
        `Cannot remove method setting canarySettings/${member} because there is no method setting for this method `,
      ),
    );
  }
  for (const path of ['', '/badPath']) {
    await assert.rejects(
      update(replace(path, 'x')),
      refusal(new RegExp(`^Invalid method setting path: /canarySettings${path}\\. Must be one of: \\[/deploymentId, `)),
    );
  }
  const path = '/canarySettings/deploymentId';
  await assert.rejects(update({ op: 'add', path, value: 'x' }), refusal(`Invalid add operation with path: ${path}`));
  await assert.rejects(update({ op: 'replace', path, value: 'x' }), refusal('Deployment id does not exist'));
});

test('test_update_stage_remove_wildcard: the settings of a method can be removed', async (t) => {
  const { update } = await startStage(t);
  const remove = () => update({ op: 'remove', path: '/*/*' });
  await assert.rejects(
    remove(),
    refusal('Cannot remove method setting */* because there is no method setting for this method '),
  );
  await update({ op: 'replace', path: '/*/*/throttling/burstLimit', value: '10' });
  assert.deepEqual((await remove()).methodSettings, {});
});

test('templates make canaries of stages and deployments', async (t) => {
  const { gateway, api, get, client, at } = await startStage(t);
  await gateway.create('Deployment', {
    RestApiId: api.id,
    StageName: 'dev',
    DeploymentCanarySettings: { PercentTraffic: '100', StageVariableOverrides: { color: 'red' } },
  });
  assert.equal(await get(), 'first red kept true');
  const { deploymentId } = await client.getStage(at);
  await gateway.create('Stage', {
    RestApiId: api.id,
    StageName: 'prod',
    DeploymentId: deploymentId ?? '',
    CanarySetting: { DeploymentId: deploymentId ?? '', PercentTraffic: 5 },
  });
  const { canarySettings } = await client.getStage({ ...at, stageName: 'prod' });
  assert.deepEqual(canarySettings, { deploymentId, percentTraffic: 5, useStageCache: false });
});

test('the percentage of the traffic decides by the roll of the request', () => {
  const stage = {
    stageName: 'dev',
    deploymentId: 'stable',
    canary: { deploymentId: 'canary', percentTraffic: 10, useStageCache: false },
    variables: {},
    methodSettings: {},
    tracingEnabled: false,
    tags: {},
    createdDate: 0,
    lastUpdatedDate: 0,
  };
  const chosen = [0, 9.99, 10, 99.99].map((roll) => chooseRelease(stage, roll).stage.deploymentId);
  assert.deepEqual(chosen, ['canary', 'canary', 'stable', 'stable']);
});
