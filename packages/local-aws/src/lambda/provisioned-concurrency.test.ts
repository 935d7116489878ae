import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateAliasCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  ListProvisionedConcurrencyConfigsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { memoryState } from '../core/memory-state.fixture.ts';
import { until } from '../testing/until.ts';
import { type Fixture, startGate, startLambda } from './lambda.fixture.ts';

const FunctionName = 'f';
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
/** Answers with how its environment was started, and how many events it has had. */
const code = `
let count = 0;
exports.handler = async ({ exits }) => {
  if (exits) process.exit(1);
  count += 1;
  return { type: process.env.AWS_LAMBDA_INITIALIZATION_TYPE, version: process.env.AWS_LAMBDA_FUNCTION_VERSION, count };
};`;

/** A function of which version 1 is published. */
async function publish(t: TestContext, text = code): Promise<Fixture> {
  const fixture = await startLambda(t);
  await fixture.define('f', text);
  await fixture.client.send(new PublishVersionCommand({ FunctionName }));
  return fixture;
}

function put({ client }: Fixture, Qualifier: string, ProvisionedConcurrentExecutions: number) {
  return client.send(
    new PutProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier, ProvisionedConcurrentExecutions }),
  );
}

function get({ client }: Fixture, Qualifier: string) {
  return client.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier }));
}

function settled(fixture: Fixture, Qualifier: string) {
  return until('provisioned concurrency to settle', async () => {
    const state = await get(fixture, Qualifier);
    return state.Status !== 'IN_PROGRESS' && state;
  });
}

test('provisioned environments have had their INIT before the first invocation', async (t) => {
  const fixture = await publish(t);
  const { $metadata, LastModified, ...accepted } = await put(fixture, '1', 2);
  assert.equal($metadata.httpStatusCode, 202);
  assert.equal(LastModified, '2026-01-01T00:00:00+0000');
  assert.deepEqual(accepted, {
    RequestedProvisionedConcurrentExecutions: 2,
    AvailableProvisionedConcurrentExecutions: 0,
    AllocatedProvisionedConcurrentExecutions: 0,
    Status: 'IN_PROGRESS',
  });
  const ready = await settled(fixture, '1');
  assert.equal(ready.Status, 'READY');
  assert.equal(ready.AllocatedProvisionedConcurrentExecutions, 2);
  assert.equal(ready.AvailableProvisionedConcurrentExecutions, 2);
  assert.equal(fixture.lambda.environmentCount('f'), 2);
  const called = await fixture.call('f:1');
  assert.deepEqual(called.payload, { type: 'provisioned-concurrency', version: '1', count: 1 });
  assert.doesNotMatch(called.log, /Init Duration/);
  assert.equal(fixture.lambda.environmentCount('f'), 2);
  assert.deepEqual((await fixture.call('f')).payload, { type: 'on-demand', version: '$LATEST', count: 1 });
});

test('they outlive idle time, and end when their configuration is deleted', async (t) => {
  const fixture = await publish(t);
  await put(fixture, '1', 1);
  await settled(fixture, '1');
  await fixture.clock.advance(24 * 3_600_000);
  assert.equal(fixture.lambda.environmentCount('f'), 1);
  await fixture.client.send(new DeleteProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier: '1' }));
  assert.equal(fixture.lambda.environmentCount('f'), 0);
  await assert.rejects(get(fixture, '1'), { name: 'ProvisionedConcurrencyConfigNotFoundException' });
  assert.deepEqual((await fixture.call('f:1')).payload, { type: 'on-demand', version: '1', count: 1 });
});

test('an environment whose process ends is replaced', async (t) => {
  const fixture = await publish(t);
  await put(fixture, '1', 1);
  await settled(fixture, '1');
  assert.equal((await fixture.call('f:1', { exits: true })).error, 'Unhandled');
  await until('another environment', () =>
    fixture.lambda.environments().some(({ state, initDurationMs }) => state === 'idle' && initDurationMs !== null),
  );
  assert.deepEqual((await fixture.call('f:1')).payload, { type: 'provisioned-concurrency', version: '1', count: 1 });
});

test('a failing INIT fails the configuration, and invocations start environments themselves', async (t) => {
  const fixture = await publish(
    t,
    `if (process.env.AWS_LAMBDA_INITIALIZATION_TYPE === 'provisioned-concurrency') throw new Error('no');
     exports.handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE;`,
  );
  await put(fixture, '1', 1);
  const failed = await settled(fixture, '1');
  assert.equal(failed.Status, 'FAILED');
  assert.equal(failed.StatusReason, 'FUNCTION_ERROR_INIT_FAILURE');
  assert.equal(failed.AllocatedProvisionedConcurrentExecutions, 0);
  assert.equal((await fixture.call('f:1')).payload, 'on-demand');
  await put(fixture, '1', 1);
  assert.equal((await settled(fixture, '1')).Status, 'FAILED');
});

test('invocations beyond them spill over into other environments, and both are counted', async (t) => {
  const gate = await startGate(t);
  const fixture = await publish(
    t,
    `exports.handler = async () => { await ${gate.wait}; return process.env.AWS_LAMBDA_INITIALIZATION_TYPE; };`,
  );
  await put(fixture, '1', 1);
  await settled(fixture, '1');
  const first = fixture.call('f:1');
  await until('the first invocation to run', () => gate.waiting() === 1);
  const second = fixture.call('f:1');
  await until('both invocations to run', () => gate.waiting() === 2);
  gate.open();
  assert.equal((await first).payload, 'provisioned-concurrency');
  assert.equal((await second).payload, 'on-demand');
  const read = async (MetricName: string, statistic: 'Sum' | 'Maximum') => {
    const { Datapoints = [] } = await fixture.metrics.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/Lambda',
        MetricName,
        Dimensions: [
          { Name: 'FunctionName', Value: 'f' },
          { Name: 'Resource', Value: 'f:1' },
        ],
        StartTime: new Date(fixture.clock.now() - 60_000),
        EndTime: new Date(fixture.clock.now() + 60_000),
        Period: 300,
        Statistics: [statistic],
      }),
    );
    return Datapoints[0]?.[statistic];
  };
  assert.equal(await read('ProvisionedConcurrencyInvocations', 'Sum'), 1);
  assert.equal(await read('ProvisionedConcurrencySpilloverInvocations', 'Sum'), 1);
  assert.equal(await read('ProvisionedConcurrentExecutions', 'Maximum'), 1);
  assert.equal(await read('ProvisionedConcurrencyUtilization', 'Maximum'), 1);
});

// test_lambda.py::TestLambdaConcurrency::test_reserved_provisioned_overlap and test_provisioned_concurrency_limits of
// LocalStack, recorded on AWS.
test('reserved and provisioned concurrency limit each other', async (t) => {
  const fixture = await publish(t);
  const reserve = (ReservedConcurrentExecutions: number) =>
    fixture.client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));
  const invalid = (message: string) => ({ name: 'InvalidParameterValueException', message });
  await assert.rejects(
    put(fixture, '1', 1001),
    invalid("Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000]."),
  );
  await assert.rejects(
    put(fixture, '1', 901),
    invalid(
      "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    ),
  );
  await put(fixture, '1', 2);
  await settled(fixture, '1');
  await assert.rejects(
    reserve(1),
    invalid(" ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2]."),
  );
  await reserve(2);
  await assert.rejects(fixture.client.send(new InvokeCommand({ FunctionName })), {
    name: 'TooManyRequestsException',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  });
  assert.equal((await fixture.call('f:1')).status, 200);
  await fixture.client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9 }));
  await fixture.client.send(new PublishVersionCommand({ FunctionName }));
  const exceeded = invalid(
    'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
  );
  await assert.rejects(put(fixture, '2', 1), exceeded);
  await assert.rejects(put(fixture, '1', 3), exceeded);
});

// test_lambda_api.py::TestLambdaProvisionedConcurrency of LocalStack, recorded on AWS.
test('a version has provisioned concurrency itself or through its alias', async (t) => {
  const fixture = await publish(t);
  const { client } = fixture;
  await client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  await put(fixture, '1', 1);
  await assert.rejects(put(fixture, 'live', 1), {
    name: 'ResourceConflictException',
    message: "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
  });
  await client.send(new DeleteProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier: '1' }));
  await put(fixture, 'live', 1);
  await assert.rejects(put(fixture, '1', 1), {
    name: 'ResourceConflictException',
    message: 'Version is pointed by a Provisioned Concurrency alias',
  });
  const { ProvisionedConcurrencyConfigs = [] } = await client.send(
    new ListProvisionedConcurrencyConfigsCommand({ FunctionName }),
  );
  assert.deepEqual(
    ProvisionedConcurrencyConfigs.map(({ FunctionArn }) => FunctionArn),
    [`${arn}:live`],
  );
});

test('what is not there, and $LATEST, are refused as on AWS', async (t) => {
  const fixture = await publish(t);
  const noAlias = { name: 'ResourceNotFoundException', message: `Cannot find alias arn: ${arn}:none` };
  const noVersion = { name: 'ResourceNotFoundException', message: `Function not found: ${arn}:10` };
  const remove = (Qualifier: string) =>
    fixture.client.send(new DeleteProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier }));
  for (const call of [(qualifier: string) => put(fixture, qualifier, 1), (q: string) => get(fixture, q), remove]) {
    await assert.rejects(call('none'), noAlias);
    await assert.rejects(call('10'), noVersion);
  }
  const unpublished = {
    name: 'InvalidParameterValueException',
    message: 'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
  };
  await assert.rejects(put(fixture, '$LATEST', 1), unpublished);
  await fixture.client.send(new CreateAliasCommand({ FunctionName, Name: 'newest', FunctionVersion: '$LATEST' }));
  await assert.rejects(put(fixture, 'newest', 1), unpublished);
  await assert.rejects(get(fixture, '$LATEST'), /must be an alias or a published version/);
  await assert.rejects(put(fixture, '1', 0), {
    name: 'ValidationException',
    message: /Value '0' at 'provisionedConcurrentExecutions' .*greater than or equal to 1/,
  });
  assert.equal((await remove('1')).$metadata.httpStatusCode, 204);
});

test('the environments of an alias follow it to another version, and are shared while it has weights', async (t) => {
  const fixture = await publish(t);
  const { client } = fixture;
  await client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  await put(fixture, 'live', 2);
  await settled(fixture, 'live');
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9 }));
  await client.send(new PublishVersionCommand({ FunctionName }));
  const move = (FunctionVersion: string, weights: Record<string, number>) =>
    client.send(
      new UpdateAliasCommand({
        ...{ FunctionName, Name: 'live', FunctionVersion },
        RoutingConfig: { AdditionalVersionWeights: weights },
      }),
    );
  const countOf = (wanted: string) =>
    fixture.lambda.environments().filter(({ version, initDurationMs }) => version === wanted && initDurationMs !== null)
      .length;
  await move('1', { 2: 0.5 });
  await until('one environment of each version', () => countOf('1') === 1 && countOf('2') === 1);
  await assert.rejects(put(fixture, 'live', 3), /Invalid alias configuration for Provisioned Concurrency/);
  await move('2', {});
  await until('both environments of version 2', () => countOf('1') === 0 && countOf('2') === 2);
  assert.equal((await settled(fixture, 'live')).AllocatedProvisionedConcurrentExecutions, 2);
  assert.deepEqual((await fixture.call('f:live')).payload, { type: 'provisioned-concurrency', version: '2', count: 1 });
});

test('they are started again after a restart', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'provisioned-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const state = memoryState(directory);
  const before = await startLambda(t, { state });
  await before.define('f', code);
  await before.client.send(new PublishVersionCommand({ FunctionName }));
  await put(before, '1', 1);
  await settled(before, '1');
  await state.committed();
  await before.lambda.close();

  const after = await startLambda(t, { state });
  after.lambda.resume();
  assert.equal((await settled(after, '1')).Status, 'READY');
  assert.equal(after.lambda.environmentCount('f'), 1);
});

test('a template’s alias is made when its environments are ready, and not when their INIT fails', async (t) => {
  const fixture = await publish(t);
  const type = fixture.lambda.resourceTypes.find(({ type: name }) => name === 'AWS::Lambda::Alias');
  assert.ok(type);
  const context = { stackName: 's', stackId: 's', logicalId: 'Alias', region: 'us-east-1', tags: {} };
  const properties = (FunctionVersion: string, count?: number) => ({
    ...{ FunctionName, FunctionVersion, Name: 'live' },
    ...(count !== undefined && { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: count } }),
  });
  const state = await type.create(properties('1', 1), context);
  assert.equal((await get(fixture, 'live')).Status, 'READY');
  await type.update(properties('1'), { properties: properties('1', 1), state }, context);
  await assert.rejects(get(fixture, 'live'), { name: 'ProvisionedConcurrencyConfigNotFoundException' });
  await type.delete(state, properties('1'), context);

  await fixture.define('broken', `throw new Error('no')`);
  await fixture.client.send(new PublishVersionCommand({ FunctionName: 'broken' }));
  const broken = { ...properties('1', 1), FunctionName: 'broken' };
  await assert.rejects(type.create(broken, context), {
    message: 'Provisioned Concurrency configuration failed to be applied. Reason: FUNCTION_ERROR_INIT_FAILURE',
  });
  await assert.rejects(
    fixture.client.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName: 'broken', Qualifier: 'live' })),
    /Cannot find alias arn/,
  );
});
