import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  InvokeCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { until } from '../testing/until.ts';
import { type Fixture, role, startGate, startLambda } from './lambda.fixture.ts';

const queueArn = 'arn:aws:sqs:us-east-1:000000000000:failures';
const topicArn = 'arn:aws:sns:us-east-1:000000000000:results';

function countRuns({ logs }: Fixture, name: string): number {
  return (logs.get(`/aws/lambda/${name}`) ?? []).filter((line) => line.startsWith('END')).length;
}

async function send({ client }: Fixture, name: string, event: object): Promise<string> {
  const answer = await client.send(
    new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload: JSON.stringify(event) }),
  );
  assert.equal(answer.StatusCode, 202);
  assert.equal(answer.Payload?.length ?? 0, 0);
  return answer.$metadata.requestId ?? '';
}

const recordSchema = z.strictObject({
  version: z.literal('1.0'),
  timestamp: z.iso.datetime(),
  requestContext: z.strictObject({
    requestId: z.string(),
    functionArn: z.string(),
    condition: z.string(),
    approximateInvokeCount: z.int(),
  }),
  requestPayload: z.unknown(),
  responseContext: z
    .strictObject({ statusCode: z.int(), executedVersion: z.string(), functionError: z.string().optional() })
    .optional(),
  responsePayload: z.unknown().optional(),
});

test('an event that fails is tried again after one and after two minutes, then goes to the destination and the dead-letter queue', async (t) => {
  const fixture = await startLambda(t);
  const { define, client, clock, deliveries } = fixture;
  await define(
    'fails',
    `exports.handler = async (event, { awsRequestId }) => { console.log(awsRequestId); throw new Error('no ' + event.n); }`,
    {
      DeadLetterConfig: { TargetArn: queueArn },
    },
  );
  await client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'fails',
      DestinationConfig: { OnFailure: { Destination: topicArn } },
    }),
  );
  const id = await send(fixture, 'fails', { n: 1 });
  await until('the first attempt', () => countRuns(fixture, 'fails') === 1);
  await clock.advance(59_000);
  assert.equal(countRuns(fixture, 'fails'), 1);
  await clock.advance(1000);
  await until('the second attempt', () => countRuns(fixture, 'fails') === 2);
  await clock.advance(119_000);
  assert.equal(countRuns(fixture, 'fails'), 2);
  assert.equal(deliveries.length, 0);
  await clock.advance(1000);
  await until('both deliveries', () => deliveries.length === 2);
  assert.equal(countRuns(fixture, 'fails'), 3);

  const [record, deadLetter] = deliveries;
  assert.equal(record?.destinationArn, topicArn);
  assert.ok(record?.principal.kind === 'role' && record.principal.roleArn === role);
  const { timestamp: _timestamp, responsePayload, ...rest } = recordSchema.parse(JSON.parse(record.body));
  assert.deepEqual(rest, {
    version: '1.0',
    requestContext: {
      requestId: id,
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:fails:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload: { n: 1 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  });
  assert.match(JSON.stringify(responsePayload), /^\{"errorType":"Error","errorMessage":"no 1","trace"/);
  assert.equal(deadLetter?.destinationArn, queueArn);
  assert.equal(deadLetter?.body, '{"n":1}');
  assert.deepEqual(deadLetter?.attributes, { RequestID: id, ErrorCode: 200, ErrorMessage: 'no 1' });
});

test('success goes to its destination, which may be a function', async (t) => {
  const fixture = await startLambda(t);
  const { define, client, logs } = fixture;
  await define('works', `exports.handler = async (event) => event.n * 2`);
  await define(
    'next',
    `exports.handler = async (event) => { console.log('got ' + event.requestContext.condition + ' ' + event.responsePayload) }`,
  );
  await client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'works',
      DestinationConfig: { OnSuccess: { Destination: 'arn:aws:lambda:us-east-1:000000000000:function:next' } },
    }),
  );
  await send(fixture, 'works', { n: 21 });
  await until('the destination runs', () =>
    (logs.get('/aws/lambda/next') ?? []).some((line) => line.includes('got Success 42')),
  );
});

test('without retries an event fails at once', async (t) => {
  const fixture = await startLambda(t);
  const { define, client, deliveries } = fixture;
  await define('once', `exports.handler = async () => { throw 1 }`);
  await client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'once',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: queueArn } },
    }),
  );
  await send(fixture, 'once', {});
  await until('the delivery', () => deliveries.length === 1);
  assert.equal(recordSchema.parse(JSON.parse(deliveries[0]?.body ?? '')).requestContext.approximateInvokeCount, 1);
});

test('a destination that refuses the record costs neither the dead letter nor an error of the endpoint', async (t) => {
  const fixture = await startLambda(t);
  const { define, client, deliveries, closed } = fixture;
  await define('both', `exports.handler = async () => { throw new Error('no') }`, {
    DeadLetterConfig: { TargetArn: queueArn },
  });
  await client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'both',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: topicArn } },
    }),
  );
  closed.add(topicArn);
  await send(fixture, 'both', { n: 1 });
  await until('the dead letter', () => deliveries.length === 1);
  assert.deepEqual([deliveries[0]?.destinationArn, deliveries[0]?.body], [queueArn, '{"n":1}']);
});

test('a destination that refuses for a moment is tried again', async (t) => {
  const fixture = await startLambda(t);
  const { define, client, clock, deliveries, closed } = fixture;
  await define('works', `exports.handler = async () => 'done'`);
  await client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'works',
      DestinationConfig: { OnSuccess: { Destination: topicArn } },
    }),
  );
  closed.add(topicArn);
  await send(fixture, 'works', {});
  await until('the first try', () => fixture.refusals.length === 1);
  closed.clear();
  await clock.advance(1000);
  await until('the delivery', () => deliveries.length === 1);
});

test('an event that gets too old is given up', async (t) => {
  const fixture = await startLambda(t);
  const { define, client, deliveries, clock } = fixture;
  await define('old', `exports.handler = async () => { throw 1 }`);
  await client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'old',
      MaximumEventAgeInSeconds: 90,
      DestinationConfig: { OnFailure: { Destination: queueArn } },
    }),
  );
  await send(fixture, 'old', {});
  await until('the first attempt', () => countRuns(fixture, 'old') === 1);
  await clock.advance(60_000);
  await until('the delivery', () => deliveries.length === 1);
  const { requestContext } = recordSchema.parse(JSON.parse(deliveries[0]?.body ?? ''));
  assert.deepEqual([requestContext.condition, requestContext.approximateInvokeCount], ['EventAgeExceeded', 2]);
});

test('a throttled event waits until there is room', async (t) => {
  const fixture = await startLambda(t);
  const { define, client, clock } = fixture;
  const gate = await startGate(t);
  await define('single', `exports.handler = () => ${gate.wait}`);
  await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'single', ReservedConcurrentExecutions: 1 }));
  await Promise.all([send(fixture, 'single', {}), send(fixture, 'single', {}), send(fixture, 'single', {})]);
  await until('the first runs', () => gate.waiting() === 1);
  await clock.advance(1000);
  gate.open();
  // The others come back two seconds after their second try, and the one that is too late again four after that.
  for (const [index, wait] of [0, 2000, 4000].entries()) {
    await clock.advance(wait);
    await until(`the end of run ${index + 1}`, () => countRuns(fixture, 'single') > index);
  }
  assert.equal(countRuns(fixture, 'single'), 3);
});

test('a function with no concurrency at all loses its events to the dead-letter queue', async (t) => {
  const fixture = await startLambda(t);
  const { define, client, deliveries } = fixture;
  await define('never', `exports.handler = async () => {}`, { DeadLetterConfig: { TargetArn: queueArn } });
  await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'never', ReservedConcurrentExecutions: 0 }));
  await send(fixture, 'never', { a: 1 });
  await until('the dead letter', () => deliveries.length === 1);
  assert.equal(deliveries[0]?.body, '{"a":1}');
});
