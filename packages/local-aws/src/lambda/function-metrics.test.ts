import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Datapoint, GetMetricStatisticsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateAliasCommand,
  InvokeCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { until } from '../testing/until.ts';
import { type Fixture, startGate, startLambda } from './lambda.fixture.ts';

const queueArn = 'arn:aws:sqs:us-east-1:000000000000:failures';
const topicArn = 'arn:aws:sns:us-east-1:000000000000:results';

/** What CloudWatch has of a metric, up to now and an hour back, as one data point. */
async function read(
  { metrics, clock }: Fixture,
  MetricName: string,
  dimensions: Record<string, string> = {},
): Promise<Pick<Datapoint, 'Sum' | 'SampleCount' | 'Maximum' | 'Unit'>> {
  const { Datapoints = [] } = await metrics.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Lambda',
      MetricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      StartTime: new Date(clock.now() + 60_000 - 3_600_000),
      EndTime: new Date(clock.now() + 60_000),
      Period: 3600,
      Statistics: ['Sum', 'SampleCount', 'Maximum'],
    }),
  );
  assert.ok(Datapoints.length <= 1, 'one unit, one period');
  const { Sum, SampleCount, Maximum, Unit } = Datapoints[0] ?? {};
  return { Sum, SampleCount, Maximum, Unit };
}

async function sums(fixture: Fixture, names: readonly string[], dimensions: Record<string, string>) {
  return Promise.all(names.map(async (name) => (await read(fixture, name, dimensions)).Sum));
}

test('invocations are counted and timed, by function and across all', async (t) => {
  const fixture = await startLambda(t);
  const { define, call, client, clock, metrics } = fixture;
  await define('shaky', `exports.handler = async ({ fails }) => { if (fails) throw new Error('no'); }`);
  await define('stuck', `exports.handler = () => new Promise(() => setTimeout(() => {}, 60_000))`, { Timeout: 1 });
  for (const fails of [false, true, false]) await call('shaky', { fails });
  const stuck = call('stuck');
  await until(
    'the function runs',
    () => fixture.logs.get('/aws/lambda/stuck')?.some((line) => /^START/.test(line)) === true,
  );
  await clock.advance(1000);
  assert.match((await stuck).error ?? '', /Unhandled/);
  await assert.rejects(client.send(new InvokeCommand({ FunctionName: 'shaky', Payload: 'no JSON' })));

  const FunctionName = 'shaky';
  assert.deepEqual(await read(fixture, 'Invocations', { FunctionName }), {
    Sum: 3,
    SampleCount: 3,
    Maximum: 1,
    Unit: 'Count',
  });
  assert.deepEqual(await read(fixture, 'Errors', { FunctionName }), {
    Sum: 1,
    SampleCount: 3,
    Maximum: 1,
    Unit: 'Count',
  });
  const duration = await read(fixture, 'Duration', { FunctionName });
  assert.deepEqual([duration.SampleCount, duration.Unit], [3, 'Milliseconds']);
  assert.ok((duration.Maximum ?? 0) > 0);
  assert.equal((await read(fixture, 'Duration', { FunctionName: 'stuck' })).Sum, 1000);
  assert.deepEqual(await sums(fixture, ['Invocations', 'Errors', 'Throttles'], {}), [4, 2, 0]);

  const { Metrics = [] } = await metrics.send(
    new ListMetricsCommand({ Namespace: 'AWS/Lambda', Dimensions: [{ Name: 'FunctionName', Value: 'shaky' }] }),
  );
  assert.deepEqual(
    new Set(Metrics.map(({ MetricName }) => MetricName)),
    new Set(['Invocations', 'Errors', 'Throttles', 'Duration', 'ConcurrentExecutions']),
  );
});

test('a sample bears the time at which the function was invoked', async (t) => {
  const fixture = await startLambda(t);
  const { define, call, clock, metrics } = fixture;
  const gate = await startGate(t);
  await define('slow', `exports.handler = () => ${gate.wait}`, { Timeout: 900 });
  const startedAt = clock.now();
  const running = call('slow');
  await until('the function runs', () => gate.waiting() === 1);
  await clock.advance(600_000);
  gate.open();
  await running;
  const { Datapoints } = await metrics.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      StartTime: new Date(startedAt),
      EndTime: new Date(clock.now() + 60_000),
      Period: 60,
      Statistics: ['Sum'],
    }),
  );
  assert.deepEqual(
    Datapoints?.map(({ Timestamp }) => Timestamp?.getTime()),
    [startedAt],
  );
});

test('versions and aliases that are asked for by name have metrics of their own', async (t) => {
  const fixture = await startLambda(t);
  const { define, call, client } = fixture;
  await define('app', `exports.handler = async () => {}`);
  await client.send(new PublishVersionCommand({ FunctionName: 'app' }));
  await client.send(new CreateAliasCommand({ FunctionName: 'app', Name: 'live', FunctionVersion: '1' }));
  for (const name of ['app', 'app:1', 'app:live', 'app:live']) await call(name);

  const counted = async (dimensions: Record<string, string>) =>
    (await read(fixture, 'Invocations', { FunctionName: 'app', ...dimensions })).Sum;
  assert.equal(await counted({}), 4);
  assert.equal(await counted({ Resource: 'app:1' }), 1);
  assert.equal(await counted({ Resource: 'app:live' }), 2);
  assert.equal(await counted({ Resource: 'app:live', ExecutedVersion: '1' }), 2);
  assert.equal(await counted({ Resource: 'app' }), undefined);
});

test('throttled invocations count as nothing else, and running ones show how many they are', async (t) => {
  const fixture = await startLambda(t);
  const { define, call, client } = fixture;
  const gate = await startGate(t);
  await define('narrow', `exports.handler = () => ${gate.wait}`);
  await define('other', `exports.handler = async () => {}`);
  await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'narrow', ReservedConcurrentExecutions: 2 }));
  const running = [call('narrow'), call('narrow')];
  await until('both run', () => gate.waiting() === 2);
  await assert.rejects(call('narrow'), { name: 'TooManyRequestsException' });
  await call('other');
  gate.open();
  await Promise.all(running);

  const FunctionName = 'narrow';
  assert.deepEqual(await sums(fixture, ['Invocations', 'Errors', 'Throttles'], { FunctionName }), [2, 0, 1]);
  const maximum = async (dimensions: Record<string, string>) =>
    (await read(fixture, 'ConcurrentExecutions', dimensions)).Maximum;
  assert.equal(await maximum({ FunctionName }), 2);
  assert.equal(await maximum({ FunctionName: 'other' }), 1);
  assert.equal(await maximum({}), 3);
});

test('events of asynchronous invocations are followed until they are dropped', async (t) => {
  const fixture = await startLambda(t);
  const { define, client, clock, closed } = fixture;
  await define('lost', `exports.handler = async () => { throw new Error('no') }`, {
    DeadLetterConfig: { TargetArn: queueArn },
  });
  await client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'lost',
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: topicArn } },
    }),
  );
  closed.add(queueArn).add(topicArn);
  await client.send(new InvokeCommand({ FunctionName: 'lost', InvocationType: 'Event', Payload: '{}' }));
  const runs = (): number =>
    fixture.logs.get('/aws/lambda/lost')?.filter((line) => line.startsWith('REPORT')).length ?? 0;
  await until('the first attempt', () => runs() === 1);
  await clock.advance(60_000);
  await until('the second attempt', () => runs() === 2);
  const failures = ['AsyncEventsDropped', 'DestinationDeliveryFailures', 'DeadLetterErrors'];
  const FunctionName = 'lost';
  const deadline = performance.now() + 10_000;
  while ((await read(fixture, 'DeadLetterErrors', { FunctionName })).Sum === undefined) {
    assert.ok(performance.now() < deadline, 'the dead letter is never given up');
    await clock.advance(1000);
  }
  assert.deepEqual(await sums(fixture, failures, { FunctionName }), [1, 1, 1]);
  assert.deepEqual(await sums(fixture, failures, {}), [1, 1, 1]);
  assert.equal((await read(fixture, 'AsyncEventsReceived', { FunctionName })).Sum, 1);
  assert.deepEqual(await read(fixture, 'AsyncEventAge', { FunctionName }), {
    Sum: 60_000,
    SampleCount: 2,
    Maximum: 60_000,
    Unit: 'Milliseconds',
  });
});
