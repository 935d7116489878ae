import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudWatchClient, ListMetricsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { relayTemplate } from './relay.fixture.ts';
import { useEndpoint } from './use-endpoint.ts';

const aws = useEndpoint({ url: false, stacks: { relay: { template: relayTemplate } } });

const queueUrl = (name: string): string => `${aws.url}/000000000000/${name}`;
const send = (body: object) =>
  aws.client(SQSClient).send(new SendMessageCommand({ QueueUrl: queueUrl('jobs'), MessageBody: JSON.stringify(body) }));
const put = (TableName: string, id: string) =>
  aws.client(DynamoDBClient).send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
const idsIn = async (TableName: string): Promise<(string | undefined)[]> => {
  const { Items = [] } = await aws.client(DynamoDBClient).send(new ScanCommand({ TableName }));
  return Items.map(({ id }) => id?.S).sort();
};
const countIn = async (queue: string): Promise<number> => {
  const { Attributes = {} } = await aws
    .client(SQSClient)
    .send(new GetQueueAttributesCommand({ QueueUrl: queueUrl(queue), AttributeNames: ['All'] }));
  return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
};

test('stacks are deployed with their outputs, and clients are made once', () => {
  assert.equal(aws.stack('relay').outputs.JobsName, 'jobs');
  assert.throws(() => aws.stack('other'), /There is no stack other among those of `stacks`: relay/);
  assert.equal(aws.client(SQSClient), aws.client(SQSClient));
  assert.equal(aws.port, Number(new URL(aws.url).port));
});

test('an idle endpoint has delivered a message over queue, function, table, stream, function, pipe and queue', async () => {
  await aws.reset();
  for (let index = 0; index < 20; index++) await send({ id: `job-${index}` });
  await aws.untilIdle();
  assert.equal((await idsIn('first')).length, 20);
  assert.deepEqual(await idsIn('second'), await idsIn('first'));
  assert.equal(await countIn('done'), 20);
});

test('an idle endpoint has finished asynchronous invocations and their destinations', async () => {
  await aws.reset();
  const Payload = JSON.stringify({ id: 'asynchronous' });
  await aws.client(LambdaClient).send(new InvokeCommand({ FunctionName: 'echo', InvocationType: 'Event', Payload }));
  await aws.untilIdle();
  assert.equal(await countIn('done'), 1);
});

test('an endpoint that is not idle in time says what is left, and until when', async () => {
  await aws.reset();
  await send({ id: 'x', fails: true });
  await assert.rejects(
    aws.untilIdle({ timeoutMs: 1000 }),
    /queue jobs: 0 messages visible, 1 in flight, 0 delayed; the next one is visible in \d+ s\n.*clock\.advance/,
  );
  const Payload = JSON.stringify({ fails: true });
  await aws.client(LambdaClient).send(new InvokeCommand({ FunctionName: 'echo', InvocationType: 'Event', Payload }));
  await assert.rejects(aws.untilIdle({ timeoutMs: 1000 }), /invocation echo: .*1 attempt made, next attempt in \d+ s/);
});

test('time that is skipped brings retries forward', async () => {
  await aws.reset();
  await send({ id: 'x', fails: true });
  for (let attempt = 1; attempt <= 2; attempt++) {
    await assert.rejects(aws.untilIdle({ timeoutMs: 1000 }));
    await aws.clock.advance(61_000);
  }
  await aws.untilIdle();
  assert.equal(await countIn('dead'), 1);
});

test('a reset deletes messages, items, logs and metrics, and the stack works as before', async () => {
  await send({ id: 'before' });
  await aws.untilIdle();
  await aws
    .client(CloudWatchClient)
    .send(new PutMetricDataCommand({ Namespace: 'own', MetricData: [{ MetricName: 'a', Value: 1 }] }));
  await aws.reset();
  assert.deepEqual([await idsIn('first'), await idsIn('second'), await countIn('done')], [[], [], 0]);
  const { Metrics } = await aws.client(CloudWatchClient).send(new ListMetricsCommand({ Namespace: 'own' }));
  assert.deepEqual(Metrics, []);
  const logGroupName = '/aws/lambda/first';
  const { events } = await aws.client(CloudWatchLogsClient).send(new FilterLogEventsCommand({ logGroupName }));
  assert.deepEqual(events, []);

  await send({ id: 'after' });
  await aws.untilIdle();
  assert.deepEqual([await idsIn('first'), await idsIn('second'), await countIn('done')], [['after'], ['after'], 1]);
});

test('a reset runs no function for the items that it deletes, nor for records that were not processed', async () => {
  await aws.reset();
  await put('first', 'poison');
  await assert.rejects(aws.untilIdle({ timeoutMs: 500 }), /stream first → second: 1 record not processed/);
  await aws.reset();
  await aws.untilIdle();
  await put('first', 'good');
  await aws.untilIdle();
  assert.deepEqual(await idsIn('second'), ['good']);
});

test('a reset empties the indexes of a table too', async () => {
  await put('first', 'x');
  await aws.untilIdle();
  await aws.reset();
  const { Items } = await aws.client(DynamoDBClient).send(new ScanCommand({ TableName: 'first', IndexName: 'byId' }));
  assert.deepEqual(Items, []);
});

test('a reset waits for functions that run, so that they do not write to emptied tables', async () => {
  await aws.reset();
  await send({ id: 'slow', waitMs: 700 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await aws.reset();
  await aws.untilIdle();
  assert.deepEqual(await idsIn('first'), []);
});

test('a reset gives queues their purge and FIFO deduplication back', async () => {
  const QueueUrl = queueUrl('done');
  await aws.reset();
  await aws.client(SQSClient).send(new PurgeQueueCommand({ QueueUrl }));
  await aws.reset();
  await aws.client(SQSClient).send(new PurgeQueueCommand({ QueueUrl }));
  const fifo = {
    QueueUrl: queueUrl('ordered.fifo'),
    MessageBody: 'a',
    MessageGroupId: 'g',
    MessageDeduplicationId: 'd',
  };
  await aws.client(SQSClient).send(new SendMessageCommand(fifo));
  await aws.reset();
  await aws.client(SQSClient).send(new SendMessageCommand(fifo));
  const { Messages } = await aws.client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl: fifo.QueueUrl }));
  assert.equal(Messages?.length, 1);
});

test('the trace of a message names the queue, the functions, the tables and the stream behind it', async () => {
  await aws.reset();
  const trace = await aws.trace(await send({ id: 'traced' }));
  for (const name of ['jobs', 'Jobs', 'first', 'First', 'second', 'done']) {
    assert.ok(trace.visited.includes(name), `${name} is not among ${trace.visited}`);
  }
  assert.ok(!trace.visited.includes('dead'));
  assert.ok(trace.logs.some(({ functionName, message }) => functionName === 'first' && message.includes('traced')));
});

test('an answer of another server has no trace', async () => {
  await assert.rejects(aws.trace(new Response('')), /The answer has no request id/);
  const unknown = new Response('', { headers: { 'x-amzn-requestid': 'unknown' } });
  await assert.rejects(aws.trace(unknown), /The endpoint keeps no trace of the request unknown/);
});

test('an injected fault fails the calls of a function, until it is removed', async () => {
  await aws.reset();
  await aws.faults.inject({ service: 'dynamodb', resource: 'first', fault: { kind: 'throttle' } });
  await assert.rejects(put('first', 'x'), { name: 'ProvisionedThroughputExceededException' });
  await aws.faults.clear();
  await put('first', 'x');
  await aws.untilIdle();
  assert.deepEqual(await idsIn('second'), ['x']);
});

test('a change is as old as the clock says, however far that was advanced before', async () => {
  await aws.reset();
  // The mapping discards records that are older than an hour.
  await aws.clock.advance(24 * 60 * 60 * 1000);
  await put('first', 'young');
  await aws.untilIdle();
  assert.deepEqual(await idsIn('second'), ['young']);
});

test('an item can be read after a reset in between', async () => {
  await put('second', 'kept');
  const { Item } = await aws
    .client(DynamoDBClient)
    .send(new GetItemCommand({ TableName: 'second', Key: { id: { S: 'kept' } } }));
  assert.deepEqual(Item, { id: { S: 'kept' } });
  assert.deepEqual(await aws.errors(), []);
});
