import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  DescribeMetricFiltersCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { createCloudWatch } from '../cloudwatch/cloudwatch.ts';
import { ManualClock } from '../core/clock.ts';
import { CredentialStore } from '../core/credentials.ts';
import { memoryState } from '../core/memory-state.fixture.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { noStateStore, type StateStore } from '../core/state-store.ts';
import { startEdge } from '../edge/server.ts';
import { createLogs } from './logs.ts';

async function startLogs(context: TestContext, state: StateStore = noStateStore) {
  const clock = new ManualClock();
  const logs = createLogs({ clock, state, region: 'us-east-1' });
  const cloudWatch = createCloudWatch({
    clock,
    state,
    logs: logs.sink,
    logGroups: logs.groups,
    notify: async () => {},
    region: 'us-east-1',
  });
  const edge = await startEdge({
    port: 0,
    apis: { logs: logs.api(cloudWatch.metricFilters) },
    frontends: [],
    pages: {},
    credentials: new CredentialStore(),
    onError: (error) => assert.fail(String(error)),
  });
  const client = new CloudWatchLogsClient({
    endpoint: `http://127.0.0.1:${edge.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  context.after(async () => {
    client.destroy();
    cloudWatch.close();
    await edge.close();
  });
  const resourceType = (name: string): ResourceType =>
    [...logs.resourceTypes, ...cloudWatch.resourceTypes].find(({ type }) => type === name) ?? assert.fail(name);
  return { clock, client, sink: logs.sink, resourceType };
}

const event = (timestamp: number, message: string) => ({ timestamp, message });

test('a group is made, listed with its retention, and deleted', async (t) => {
  const { client } = await startLogs(t);
  await client.send(new CreateLogGroupCommand({ logGroupName: '/a/one', tags: { team: 'x' } }));
  await client.send(new CreateLogGroupCommand({ logGroupName: '/b/two' }));
  await client.send(new PutRetentionPolicyCommand({ logGroupName: '/a/one', retentionInDays: 14 }));
  const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/a' }));
  assert.equal(logGroups.length, 1);
  assert.equal(logGroups[0]?.retentionInDays, 14);
  assert.equal(logGroups[0]?.arn, 'arn:aws:logs:us-east-1:000000000000:log-group:/a/one:*');
  await assert.rejects(client.send(new CreateLogGroupCommand({ logGroupName: '/a/one' })), {
    name: 'ResourceAlreadyExistsException',
  });
  await assert.rejects(client.send(new PutRetentionPolicyCommand({ logGroupName: '/a/one', retentionInDays: 2 })), {
    name: 'InvalidParameterException',
  });
  await client.send(new DeleteLogGroupCommand({ logGroupName: '/a/one' }));
  await assert.rejects(client.send(new DeleteLogGroupCommand({ logGroupName: '/a/one' })), {
    name: 'ResourceNotFoundException',
    message: 'The specified log group does not exist.',
  });
});

test('groups are paged', async (t) => {
  const { client } = await startLogs(t);
  for (const name of ['a', 'b', 'c']) await client.send(new CreateLogGroupCommand({ logGroupName: name }));
  const first = await client.send(new DescribeLogGroupsCommand({ limit: 2 }));
  const second = await client.send(new DescribeLogGroupsCommand({ limit: 2, nextToken: first.nextToken }));
  assert.deepEqual(
    [first, second].map(({ logGroups = [] }) => logGroups.map((group) => group.logGroupName)),
    [['a', 'b'], ['c']],
  );
  assert.equal(second.nextToken, undefined);
  await assert.rejects(client.send(new DescribeLogGroupsCommand({ nextToken: 'forged' })), {
    name: 'InvalidParameterException',
  });
});

test('tags are added, listed and taken away by ARN', async (t) => {
  const { client } = await startLogs(t);
  await client.send(new CreateLogGroupCommand({ logGroupName: 'g', tags: { a: '1' } }));
  const resourceArn = 'arn:aws:logs:us-east-1:000000000000:log-group:g';
  await client.send(new TagResourceCommand({ resourceArn, tags: { b: '2' } }));
  await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
  assert.deepEqual((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags, { b: '2' });
});

test('streams are ordered by name or by their last event', async (t) => {
  const { client, sink } = await startLogs(t);
  sink.append('g', 'one', [event(30, 'x')]);
  sink.append('g', 'two', [event(10, 'x')]);
  sink.append('g', 'three', [event(20, 'x')]);
  const names = async (input: object): Promise<unknown> => {
    const { logStreams = [] } = await client.send(new DescribeLogStreamsCommand({ logGroupName: 'g', ...input }));
    return logStreams.map(({ logStreamName }) => logStreamName);
  };
  assert.deepEqual(await names({}), ['one', 'three', 'two']);
  assert.deepEqual(await names({ orderBy: 'LastEventTime', descending: true, limit: 50 }), ['one', 'three', 'two']);
  assert.deepEqual(await names({ orderBy: 'LastEventTime' }), ['two', 'three', 'one']);
  assert.deepEqual(await names({ logStreamNamePrefix: 't' }), ['three', 'two']);
  await assert.rejects(names({ orderBy: 'LastEventTime', logStreamNamePrefix: 't' }), {
    name: 'InvalidParameterException',
  });
});

test('events that are put are heard by listeners and read back from either end', async (t) => {
  const { client, clock, sink } = await startLogs(t);
  const heard: string[] = [];
  sink.onAppend((group, stream, events) =>
    heard.push(...events.map(({ message }) => `${group}/${stream}: ${message}`)),
  );
  const where = { logGroupName: 'g', logStreamName: 's' };
  await client.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
  await assert.rejects(client.send(new PutLogEventsCommand({ ...where, logEvents: [event(clock.now(), 'a')] })), {
    message: 'The specified log stream does not exist.',
  });
  await client.send(new CreateLogStreamCommand(where));
  const logEvents = ['a', 'b', 'c', 'd', 'e'].map((message) => event(clock.now(), message));
  await client.send(new PutLogEventsCommand({ ...where, logEvents }));
  assert.equal(heard.length, 5);
  assert.equal(heard[0], 'g/s: a');

  const read = async (input: object) => {
    const answer = await client.send(new GetLogEventsCommand({ ...where, limit: 2, ...input }));
    return { ...answer, text: (answer.events ?? []).map(({ message }) => message).join('') };
  };
  const head = await read({ startFromHead: true });
  const next = await read({ nextToken: head.nextForwardToken });
  const end = await read({ nextToken: next.nextForwardToken });
  const beyond = await read({ nextToken: end.nextForwardToken });
  assert.deepEqual(
    [head, next, end, beyond].map(({ text }) => text),
    ['ab', 'cd', 'e', ''],
  );
  assert.equal(beyond.nextForwardToken, end.nextForwardToken);
  const tail = await read({});
  const before = await read({ nextToken: tail.nextBackwardToken });
  assert.deepEqual([tail.text, before.text], ['de', 'bc']);
});

test('events out of order are refused, and those too old or too new are reported', async (t) => {
  const { client, clock } = await startLogs(t);
  const where = { logGroupName: 'g', logStreamName: 's' };
  await client.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
  await client.send(new CreateLogStreamCommand(where));
  const now = clock.now();
  await assert.rejects(
    client.send(new PutLogEventsCommand({ ...where, logEvents: [event(now, 'b'), event(now - 1, 'a')] })),
    {
      name: 'InvalidParameterException',
    },
  );
  const hour = 3_600_000;
  const { rejectedLogEventsInfo } = await client.send(
    new PutLogEventsCommand({
      ...where,
      logEvents: [event(now - 400 * hour, 'old'), event(now, 'ok'), event(now + 3 * hour, 'new')],
    }),
  );
  assert.deepEqual(rejectedLogEventsInfo, { tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 });
  const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName: 'g' }));
  assert.deepEqual(
    events.map(({ message }) => message),
    ['ok'],
  );
});

test('events that are older than the retention of their group are refused when they are put', async (t) => {
  const { client, clock } = await startLogs(t);
  const where = { logGroupName: 'g', logStreamName: 's' };
  await client.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
  await client.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays: 1 }));
  await client.send(new CreateLogStreamCommand(where));
  const now = clock.now();
  const logEvents = [event(now - 25 * 3_600_000, 'expired'), event(now, 'ok')];
  const { rejectedLogEventsInfo } = await client.send(new PutLogEventsCommand({ ...where, logEvents }));
  assert.deepEqual(rejectedLogEventsInfo, { expiredLogEventEndIndex: 1 });
  const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName: 'g' }));
  assert.deepEqual(
    events.map(({ message }) => message),
    ['ok'],
  );
});

test('a search goes through all streams by time, names and pattern, page by page', async (t) => {
  const { client, sink } = await startLogs(t);
  sink.append('g', 's1', [event(10, 'ERROR one'), event(30, 'INFO three'), event(40, 'ERROR four')]);
  sink.append('g', 's2', [event(20, 'ERROR two')]);
  const find = async (input: object) => {
    const answer = await client.send(new FilterLogEventsCommand({ logGroupName: 'g', interleaved: true, ...input }));
    return { token: answer.nextToken, found: (answer.events ?? []).map(({ message }) => message?.split(' ')[1]) };
  };
  assert.deepEqual((await find({})).found, ['one', 'two', 'three', 'four']);
  assert.deepEqual((await find({ startTime: 20, endTime: 30 })).found, ['two', 'three']);
  assert.deepEqual((await find({ logStreamNames: ['s2'] })).found, ['two']);
  assert.deepEqual((await find({ filterPattern: 'ERROR -two' })).found, ['one', 'four']);
  const first = await find({ filterPattern: 'ERROR', limit: 2 });
  assert.deepEqual(first.found, ['one', 'two']);
  const second = await find({ filterPattern: 'ERROR', limit: 2, nextToken: first.token });
  assert.deepEqual(second, { token: undefined, found: ['four'] });
});

test('a group keeps its most recent ten thousand events or so', async (t) => {
  const { client, sink } = await startLogs(t);
  for (let n = 0; n < 30_000; n += 1) sink.append('g', 's', [event(n, `m${n}`)]);
  const { events = [], nextToken } = await client.send(new FilterLogEventsCommand({ logGroupName: 'g' }));
  assert.equal(events.length, 10_000);
  assert.ok((events[0]?.timestamp ?? 0) >= 17_500);
  assert.ok(nextToken !== undefined || events.at(-1)?.message === 'm29999');

  sink.append(
    'big',
    's',
    Array.from({ length: 30 }, (_, n) => event(n, 'x'.repeat(1024 * 1024))),
  );
  const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'big' }));
  assert.ok((logGroups[0]?.storedBytes ?? 0) <= 16 * 1024 * 1024);
});

test('a template takes over a group that a function wrote to before, but not one that was made', async (t) => {
  const { client, sink, resourceType } = await startLogs(t);
  const group = resourceType('AWS::Logs::LogGroup');
  const context = { stackName: 's', stackId: 'id', logicalId: 'Group', region: 'eu-west-1', tags: {} };
  sink.append('/aws/lambda/f', 's', [event(1, 'early')]);
  const made = await group.create({ LogGroupName: '/aws/lambda/f', RetentionInDays: '30' }, context);
  assert.equal(made.physicalId, '/aws/lambda/f');
  await assert.rejects(group.create({ LogGroupName: '/aws/lambda/f' }, context), {
    message: 'The specified log group already exists',
  });
  await assert.rejects(group.create({ LogGroupName: 'x', RetentionInDays: 31 }, context), /enum value set/);
  assert.throws(() => group.validate({ Colour: 'red' }, 'Group'), /unsupported property Colour/);
  await group.delete(made, { LogGroupName: '/aws/lambda/f' }, context);
  await group.delete(made, { LogGroupName: '/aws/lambda/f' }, context);
  assert.deepEqual((await client.send(new DescribeLogGroupsCommand({}))).logGroups, []);
});

test('metric filters are counted by their group and go with it', async (t) => {
  const { client } = await startLogs(t);
  const logGroupName = 'g';
  const metricTransformations = [{ metricName: 'Errors', metricNamespace: 'Shop', metricValue: '1' }];
  const filter = { logGroupName, filterPattern: 'ERROR', metricTransformations };
  const state = async () => {
    const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({}));
    const { metricFilters = [] } = await client.send(new DescribeMetricFiltersCommand({}));
    return [logGroups.map(({ metricFilterCount }) => metricFilterCount), metricFilters.length];
  };
  await client.send(new CreateLogGroupCommand({ logGroupName }));
  await client.send(new CreateLogGroupCommand({ logGroupName: 'other' }));
  assert.deepEqual(await state(), [[0, 0], 0]);
  await client.send(new PutMetricFilterCommand({ ...filter, filterName: 'one' }));
  await client.send(new PutMetricFilterCommand({ ...filter, filterName: 'two' }));
  assert.deepEqual(await state(), [[2, 0], 2]);
  await client.send(new DeleteLogGroupCommand({ logGroupName }));
  assert.deepEqual(await state(), [[0], 0]);
  await client.send(new CreateLogGroupCommand({ logGroupName }));
  assert.deepEqual(await state(), [[0, 0], 0]);
});

test('a metric filter of a stack can be deleted after its group', async (t) => {
  const { client, resourceType } = await startLogs(t);
  const group = resourceType('AWS::Logs::LogGroup');
  const filter = resourceType('AWS::Logs::MetricFilter');
  const context = { stackName: 's', stackId: 'id', logicalId: 'Part', region: 'us-east-1', tags: {} };
  const ofGroup = { LogGroupName: 'g' };
  const MetricTransformations = [{ MetricName: 'Errors', MetricNamespace: 'Shop', MetricValue: '1' }];
  const ofFilter = { ...ofGroup, FilterPattern: 'ERROR', MetricTransformations };
  const madeGroup = await group.create(ofGroup, context);
  const madeFilter = await filter.create(ofFilter, context);
  await group.delete(madeGroup, ofGroup, context);
  assert.deepEqual((await client.send(new DescribeMetricFiltersCommand({}))).metricFilters, []);
  await filter.delete(madeFilter, ofFilter, context);
});

test('groups survive a restart when state is kept', async (t) => {
  const state = memoryState();
  const before = await startLogs(t, state);
  await before.client.send(new CreateLogGroupCommand({ logGroupName: 'kept', tags: { a: 'b' } }));
  await before.client.send(new PutRetentionPolicyCommand({ logGroupName: 'kept', retentionInDays: 7 }));
  const after = await startLogs(t, state);
  const { logGroups = [] } = await after.client.send(new DescribeLogGroupsCommand({}));
  assert.deepEqual(
    logGroups.map(({ logGroupName, retentionInDays }) => [logGroupName, retentionInDays]),
    [['kept', 7]],
  );
});
