import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { until } from '../testing/until.ts';
import { type Functions, startMappings } from './mappings.fixture.ts';

type Local = Awaited<ReturnType<typeof startMappings>>;

const recordSchema = z.object({
  eventID: z.string(),
  eventName: z.string(),
  eventSourceARN: z.string(),
  dynamodb: z.object({
    SequenceNumber: z.string(),
    Keys: z.object({ pk: z.object({ S: z.string() }) }),
    NewImage: z.object({ n: z.object({ N: z.string() }) }).optional(),
  }),
});
const recordsOf = (event: unknown) => z.object({ Records: z.array(recordSchema) }).parse(event).Records;

async function startWithTable(functions: Functions): Promise<Local & { streamArn: string }> {
  const local = await startMappings(functions, { withDynamoDb: true });
  const { TableDescription } = await local.dynamoDb.send(
    new CreateTableCommand({
      TableName: 'things',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  return { ...local, streamArn: TableDescription?.LatestStreamArn ?? '' };
}

async function createMapping(
  { lambda, streamArn }: Local & { streamArn: string },
  input: Partial<CreateEventSourceMappingCommandInput> = {},
): Promise<string> {
  const { UUID = '' } = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'consumer',
      EventSourceArn: streamArn,
      StartingPosition: 'LATEST',
      ...input,
    }),
  );
  await until('the mapping to settle', async () => {
    const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return State === 'Enabled' || State === 'Disabled';
  });
  return UUID;
}

const item = (pk: string, n = 0): Record<string, AttributeValue> => ({ pk: { S: pk }, n: { N: String(n) } });
const put = ({ dynamoDb }: Local, pk: string, n = 0) =>
  dynamoDb.send(new PutItemCommand({ TableName: 'things', Item: item(pk, n) }));

describe('event source mapping of a table stream', () => {
  it('invokes the function with the event that AWS sends', async () => {
    const events: unknown[] = [];
    await using local = await startWithTable({ consumer: (event) => ({ payload: events.push(...event.Records) }) });
    await put(local, 'early');
    await createMapping(local);
    await put(local, 'a', 1);
    await put(local, 'a', 2);
    await local.dynamoDb.send(new DeleteItemCommand({ TableName: 'things', Key: { pk: { S: 'a' } } }));
    await until('three records', () => events.length === 3);
    const records = z.array(recordSchema).parse(events);
    assert.deepEqual(
      records.map(({ eventName }) => eventName),
      ['INSERT', 'MODIFY', 'REMOVE'],
    );
    const { eventID, dynamodb, ...rest } = z.record(z.string(), z.unknown()).parse(events[1]);
    assert.equal(typeof eventID, 'string');
    assert.deepEqual(rest, {
      eventName: 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      eventSourceARN: local.streamArn,
    });
    const { ApproximateCreationDateTime, SequenceNumber, SizeBytes, ...change } = z
      .record(z.string(), z.unknown())
      .parse(dynamodb);
    assert.equal(typeof ApproximateCreationDateTime, 'number');
    assert.match(String(SequenceNumber), /^\d{21,}$/);
    assert.equal(typeof SizeBytes, 'number');
    assert.deepEqual(change, {
      Keys: { pk: { S: 'a' } },
      NewImage: item('a', 2),
      OldImage: item('a', 1),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    });
    assert.match(local.streamArn, /^arn:aws:dynamodb:us-east-1:000000000000:table\/things\/stream\//);
    assert.ok(local.metrics.every(({ name, value }) => name === 'IteratorAge' && value >= 0));
    assert.deepEqual(local.metrics[0]?.dimensions, { FunctionName: 'consumer' });
  });

  it('is invoked for its own changes only', async () => {
    const seen = new Set<string>();
    await using local = await startWithTable({
      consumer(event) {
        for (const { dynamodb } of recordsOf(event)) seen.add(dynamodb.Keys.pk.S);
        return {};
      },
    });
    await createMapping(local, {
      FilterCriteria: {
        Filters: [{ Pattern: '{"eventName":["INSERT"],"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"w"}]}}}}' }],
      },
    });
    for (let index = 0; index < 20; index += 1) {
      await put(local, `x${index}`);
      await put(local, `w${index}`);
    }
    await until('all wanted records', () => seen.size === 20);
    assert.ok([...seen].every((pk) => pk.startsWith('w')));
  });

  it('keeps the order of every key and loses nothing while the function fails now and then', async () => {
    const seen = new Map<string, number[]>();
    let invocations = 0;
    await using local = await startWithTable({
      consumer(event) {
        invocations += 1;
        if (invocations % 4 === 0) return { functionError: 'Unhandled' as const };
        for (const record of recordsOf(event)) {
          const { SequenceNumber, Keys, NewImage } = record.dynamodb;
          if (Math.random() < 0.05) return { payload: { batchItemFailures: [{ itemIdentifier: SequenceNumber }] } };
          seen.set(Keys.pk.S, [...(seen.get(Keys.pk.S) ?? []), Number(NewImage?.n.N)]);
        }
        return {};
      },
    });
    await createMapping(local, {
      BatchSize: 25,
      ParallelizationFactor: 3,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    for (let round = 1; round <= 20; round += 1) {
      const writes = Array.from({ length: 10 }, (_, key) => ({ PutRequest: { Item: item(`k${key}`, round) } }));
      await local.dynamoDb.send(new BatchWriteItemCommand({ RequestItems: { things: writes } }));
    }
    await until('all records', () => [...seen.values()].flat().length === 200, 30_000);
    const expected = Array.from({ length: 20 }, (_, index) => index + 1);
    for (const rounds of seen.values()) assert.deepEqual(rounds, expected);
  });

  it('tells the on-failure destination where to find what it gave up', async () => {
    await using local = await startWithTable({
      consumer: (event) =>
        recordsOf(event).some(({ dynamodb }) => dynamodb.Keys.pk.S === 'poison') ? { functionError: 'Unhandled' } : {},
    });
    const { QueueUrl } = await local.sqs.send(new CreateQueueCommand({ QueueName: 'failures' }));
    const Destination = 'arn:aws:sqs:us-east-1:000000000000:failures';
    const UUID = await createMapping(local, {
      MaximumRetryAttempts: 1,
      BisectBatchOnFunctionError: true,
      DestinationConfig: { OnFailure: { Destination } },
    });
    await local.dynamoDb.send(
      new BatchWriteItemCommand({
        RequestItems: { things: ['a', 'poison', 'b'].map((pk) => ({ PutRequest: { Item: item(pk) } })) },
      }),
    );
    const { Messages = [] } = await local.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    const { timestamp, requestContext, DDBStreamBatchInfo, ...rest } = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(Messages[0]?.Body ?? ''));
    assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.deepEqual(rest, {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
    });
    const context = z.record(z.string(), z.unknown()).parse(requestContext);
    assert.match(String(context.requestId), /^request-\d+$/);
    assert.equal(context.functionArn, 'arn:aws:lambda:us-east-1:000000000000:function:consumer');
    assert.equal(context.condition, 'RetryAttemptsExhausted');
    assert.ok(Number(context.approximateInvokeCount) >= 2);
    const info = z.record(z.string(), z.unknown()).parse(DDBStreamBatchInfo);
    assert.equal(info.batchSize, 1);
    assert.equal(info.streamArn, local.streamArn);
    assert.equal(info.startSequenceNumber, info.endSequenceNumber);
    assert.match(String(info.approximateArrivalOfFirstRecord), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const shown = await local.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    assert.deepEqual(shown.DestinationConfig, { OnFailure: { Destination } });
  });

  it('goes on after being disabled where it stopped', async () => {
    const seen: string[] = [];
    await using local = await startWithTable({
      consumer: (event) => ({ payload: seen.push(...recordsOf(event).map(({ dynamodb }) => dynamodb.Keys.pk.S)) }),
    });
    const UUID = await createMapping(local, { StartingPosition: 'TRIM_HORIZON' });
    await put(local, 'a');
    await until('a', () => seen.length === 1);
    await local.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    const state = async () => (await local.lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;
    await until('Disabled', async () => (await state()) === 'Disabled');
    await put(local, 'b');
    await local.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
    await put(local, 'c');
    await until('b and c', () => seen.length === 3);
    assert.deepEqual(seen, ['a', 'b', 'c']);
  });

  it('shows its settings as AWS does', async () => {
    await using local = await startWithTable({ consumer: () => ({}) });
    const UUID = await createMapping(local, { Enabled: false });
    const {
      $metadata: _,
      LastModified,
      ...shown
    } = await local.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    assert.ok(LastModified instanceof Date);
    assert.deepEqual(shown, {
      UUID,
      EventSourceMappingArn: `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${UUID}`,
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:consumer',
      EventSourceArn: local.streamArn,
      StartingPosition: 'LATEST',
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      ParallelizationFactor: 1,
      BisectBatchOnFunctionError: false,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: -1,
      TumblingWindowInSeconds: 0,
      FunctionResponseTypes: [],
      DestinationConfig: { OnFailure: {} },
      LastProcessingResult: 'No records processed',
      State: 'Disabled',
      StateTransitionReason: 'User action',
    });
  });

  it('refuses what AWS refuses', async (test) => {
    await using local = await startWithTable({ consumer: () => ({}) });
    const refusals: [
      title: string,
      input: Partial<CreateEventSourceMappingCommandInput>,
      name: string,
      message: RegExp,
    ][] = [
      [
        'no starting position',
        { StartingPosition: undefined },
        'InvalidParameterValueException',
        /Value null at 'startingPosition'/,
      ],
      [
        'a timestamp to start from',
        { StartingPosition: 'AT_TIMESTAMP' },
        'InvalidParameterValueException',
        /^Unsupported starting position for arn type: arn:/,
      ],
      [
        'a tumbling window, by name',
        { TumblingWindowInSeconds: 30 },
        'InvalidParameterValueException',
        /TumblingWindowInSeconds/,
      ],
      [
        'a stream that does not exist',
        { EventSourceArn: `${local.streamArn}0` },
        'InvalidParameterValueException',
        /^Stream not found: /,
      ],
      ['an eleventh parallel batch', { ParallelizationFactor: 11 }, 'ValidationException', /less than or equal to 10$/],
      [
        'a short record age',
        { MaximumRecordAgeInSeconds: 30 },
        'InvalidParameterValueException',
        /MaximumRecordAgeInSeconds/,
      ],
      [
        'a bucket to send failures to, by name',
        { DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::bucket' } } },
        'InvalidParameterValueException',
        /arn:aws:s3:::bucket/,
      ],
      [
        'a maximum concurrency',
        { ScalingConfig: { MaximumConcurrency: 2 } },
        'InvalidParameterValueException',
        /ScalingConfig/,
      ],
    ];
    for (const [title, input, name, message] of refusals) {
      await test.test(title, async () => {
        await assert.rejects(createMapping(local, input), { name, message });
      });
    }
  });
});
