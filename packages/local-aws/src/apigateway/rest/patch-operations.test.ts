import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import { apiGatewayClient, startTestGateway } from './test-gateway.fixture.ts';

// What AWS answered when LocalStack recorded it: tests/aws/services/apigateway/test_apigateway_api.snapshot.json of its
// repository. The names of its tests stand at the tests.

async function startApi(t: TestContext) {
  const gateway = await startTestGateway(t);
  const client = apiGatewayClient(t, gateway);
  const { id: restApiId } = await gateway.deploy({ 'GET /x': {} }, { api: { Description: 'this is my api' } });
  const { item: [stage] = [] } = await client.getStages({ restApiId });
  const stageName = stage?.stageName;
  return {
    client,
    update: (...patchOperations: PatchOperation[]) => client.updateRestApi({ restApiId, patchOperations }),
    updateStage: (...patchOperations: PatchOperation[]) =>
      client.updateStage({ restApiId, stageName, patchOperations }),
  };
}
const refusal = (message: string) => ({ name: 'BadRequestException', message });

test('test_update_rest_api_operation_add_remove, test_update_rest_api_behaviour', async (t) => {
  const { update } = await startApi(t);
  const types = async (...operations: PatchOperation[]) => (await update(...operations)).binaryMediaTypes;
  const path = '/binaryMediaTypes/image~1png';
  assert.deepEqual(await types({ op: 'add', path }, { op: 'add', path: '/binaryMediaTypes/image~1jpeg' }), [
    'image/png',
    'image/jpeg',
  ]);
  assert.deepEqual(await types({ op: 'replace', path, value: 'image/gif' }), ['image/jpeg', 'image/gif']);
  const removed = await update(
    { op: 'remove', path: '/binaryMediaTypes/image~1gif' },
    { op: 'remove', path: '/description' },
  );
  assert.deepEqual([removed.binaryMediaTypes, removed.description], [['image/jpeg'], undefined]);
  for (const op of ['add', 'replace', 'remove'] as const) {
    const base = { op, path: '/binaryMediaTypes', value: 'image/gif' };
    await assert.rejects(update(base), refusal('Invalid patch path /binaryMediaTypes'));
  }
  assert.deepEqual(await types({ op: 'add', path: '/binaryMediaTypes/-', value: 'image/png' }), ['image/jpeg', '-']);
});

test('test_update_rest_api_compression', async (t) => {
  const { update } = await startApi(t);
  const path = '/minimumCompressionSize';
  const size = async (value?: string) => (await update({ op: 'replace', path, value })).minimumCompressionSize;
  assert.deepEqual([await size('10'), await size(), await size('0')], [10, undefined, 0]);
  const outOfBounds = refusal('Invalid minimum compression size, must be between 0 and 10485760');
  for (const value of ['-1', 'test', '10485761']) await assert.rejects(size(value), outOfBounds);
  await assert.rejects(
    update({ op: 'add', path, value: '10' }),
    refusal('Invalid patch operation specified. Must be one of: [replace]'),
  );
});

test('test_update_rest_api_ip_address_type, as far as there are endpoint types', async (t) => {
  const { update } = await startApi(t);
  const replace = (value: string) => update({ op: 'replace', path: '/endpointConfiguration/types/EDGE', value });
  await assert.rejects(
    replace('WRONG'),
    refusal('Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE'),
  );
  await assert.rejects(replace('PRIVATE'), { message: /has no private APIs/ });
  assert.deepEqual((await replace('REGIONAL')).endpointConfiguration?.types, ['REGIONAL']);
});

test('an update changes everything that it names, or nothing', async (t) => {
  const { update } = await startApi(t);
  const rename = { op: 'replace', path: '/name', value: 'other' } as const;
  await assert.rejects(
    update(rename, { op: 'replace', path: '/nothing', value: 'x' }),
    refusal('Invalid patch path /nothing'),
  );
  const { name } = await update({ op: 'replace', path: '/disableExecuteApiEndpoint', value: 'true' });
  assert.notEqual(name, 'other');
  assert.equal((await update(rename)).name, 'other');
});

test('test_stage_access_log_settings and its validation', async (t) => {
  const { client, updateStage } = await startApi(t);
  const roleArn = { op: 'replace', path: '/cloudwatchRoleArn', value: 'arn:aws:iam::000000000000:role/logs' } as const;
  await client.updateAccount({ patchOperations: [roleArn] });
  const root = '/accessLogSettings';
  for (const member of ['/randomValue', '/*', '']) {
    for (const op of ['add', 'replace'] as const) {
      await assert.rejects(
        updateStage({ op, path: root + member, value: 'updated' }),
        refusal(
          'Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]',
        ),
      );
    }
  }
  for (const member of ['randomValue', '*', 'destinationArn']) {
    await assert.rejects(
      updateStage({ op: 'remove', path: `${root}/${member}` }),
      refusal(
        `Cannot remove method setting accessLogSettings/${member} because there is no method setting for this method `,
      ),
    );
  }
  for (const member of ['destinationArn', 'format']) {
    await assert.rejects(
      updateStage({ op: 'add', path: `${root}/${member}`, value: '' }),
      refusal('Access Log value must not be empty'),
    );
  }
  const group = 'arn:aws:logs:us-east-1:000000000000:log-group:access';
  const added = await updateStage({ op: 'add', path: `${root}/destinationArn`, value: group });
  assert.deepEqual(added.accessLogSettings, { destinationArn: group });
  const format = '$context.requestId $context.identity.sourceIp';
  const both = await updateStage(
    { op: 'replace', path: `${root}/destinationArn`, value: `${group}a` },
    { op: 'add', path: `${root}/format`, value: format },
  );
  assert.deepEqual(both.accessLogSettings, { destinationArn: `${group}a`, format });
  assert.equal((await updateStage({ op: 'remove', path: root })).accessLogSettings, undefined);
});
