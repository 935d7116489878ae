import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { memoryState } from '../core/memory-state.fixture.ts';
import { until } from '../testing/until.ts';
import { startMappings } from './mappings.fixture.ts';

type Local = Awaited<ReturnType<typeof startMappings>>;

const arnOf = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const ok = () => ({});

async function createQueue({ sqs }: Local, name: string, attributes: Record<string, string> = {}): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  return QueueUrl;
}

async function createMapping({ lambda }: Local, input: Partial<CreateEventSourceMappingCommandInput> = {}) {
  return lambda.send(
    new CreateEventSourceMappingCommand({ FunctionName: 'consumer', EventSourceArn: arnOf('jobs'), ...input }),
  );
}

async function stateOf({ lambda }: Local, UUID: string | undefined): Promise<string | undefined> {
  return (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;
}

const allMessages: QueueAttributeName[] = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];

async function count({ sqs }: Local, QueueUrl: string, AttributeNames = allMessages): Promise<number> {
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Object.values(Attributes).reduce((sum, value) => sum + Number(value), 0);
}

describe('event source mapping of a queue', () => {
  it('invokes the function with the event that AWS sends', async () => {
    const events: SQSEvent[] = [];
    await using local = await startMappings({
      consumer: (event) => ({ payload: events.push(JSON.parse(JSON.stringify(event))) }),
    });
    const queueUrl = await createQueue(local, 'jobs');
    const created = await createMapping(local);
    assert.equal(created.State, 'Creating');
    await until('the mapping to be enabled', async () => (await stateOf(local, created.UUID)) === 'Enabled');

    const sent = await local.sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: 'hello',
        MessageAttributes: {
          kind: { DataType: 'String', StringValue: 'greeting' },
          raw: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) },
        },
      }),
    );
    await until('the function to be invoked', () => events.length === 1);
    const record = events[0]?.Records[0];
    assert.ok(record !== undefined);
    assert.deepEqual(Object.keys(record).toSorted(), [
      'attributes',
      'awsRegion',
      'body',
      'eventSource',
      'eventSourceARN',
      'md5OfBody',
      'md5OfMessageAttributes',
      'messageAttributes',
      'messageId',
      'receiptHandle',
    ]);
    assert.equal(record.messageId, sent.MessageId);
    assert.equal(record.body, 'hello');
    assert.equal(record.md5OfBody, sent.MD5OfMessageBody);
    assert.equal(record.eventSource, 'aws:sqs');
    assert.equal(record.eventSourceARN, arnOf('jobs'));
    assert.equal(record.awsRegion, 'us-east-1');
    assert.equal(record.attributes.ApproximateReceiveCount, '1');
    assert.match(record.attributes.SentTimestamp, /^\d{13}$/);
    assert.deepEqual(record.messageAttributes, {
      kind: { stringValue: 'greeting', stringListValues: [], binaryListValues: [], dataType: 'String' },
      raw: { binaryValue: 'AQI=', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
    });
    await until('the message to be deleted', async () => (await count(local, queueUrl)) === 0);
  });

  it('deletes what succeeded and leaves what failed in the queue', async () => {
    await using local = await startMappings({
      consumer: ({ Records }) => ({
        payload: {
          batchItemFailures: Records.filter(({ body }) => body === 'poison').map(({ messageId }) => ({
            itemIdentifier: messageId,
          })),
        },
      }),
    });
    const queueUrl = await createQueue(local, 'jobs');
    await createMapping(local, { FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await local.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: ['a', 'poison', 'b'].map((body, index) => ({ Id: String(index), MessageBody: body })),
      }),
    );
    await until('the good messages to be deleted', async () => (await count(local, queueUrl)) === 1);
  });

  it('drains a burst completely with several invocations at a time', async () => {
    const seen = new Set<unknown>();
    let running = 0;
    let most = 0;
    await using local = await startMappings({
      async consumer({ Records }) {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 2));
        for (const { body } of Records) seen.add(body);
        running -= 1;
        return {};
      },
    });
    const queueUrl = await createQueue(local, 'jobs');
    await createMapping(local, { ScalingConfig: { MaximumConcurrency: 3 } });
    for (let from = 0; from < 1000; from += 10) {
      await local.sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: String(from + index) })),
        }),
      );
    }
    await until('all messages', () => seen.size === 1000);
    await until('the queue to be empty', async () => (await count(local, queueUrl)) === 0);
    assert.ok(most <= 3);
  });

  it('keeps the order within a message group', async () => {
    const seen: string[] = [];
    await using local = await startMappings({
      async consumer({ Records }) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
        seen.push(...Records.map(({ body }) => String(body)));
        return {};
      },
    });
    const queueUrl = await createQueue(local, 'jobs.fifo', { FifoQueue: 'true' });
    await createMapping(local, { EventSourceArn: arnOf('jobs.fifo') });
    for (let index = 0; index < 30; index += 1) {
      const group = `g${index % 3}`;
      await local.sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: `${group}-${String(index).padStart(2, '0')}`,
          MessageGroupId: group,
          MessageDeduplicationId: String(index),
        }),
      );
    }
    await until('all messages', () => seen.length === 30);
    for (const group of ['g0', 'g1', 'g2']) {
      const own = seen.filter((body) => body.startsWith(group));
      assert.deepEqual(own, own.toSorted());
    }
  });

  it('stops when disabled, goes on when enabled, and is gone when deleted', async () => {
    const seen: unknown[] = [];
    await using local = await startMappings({ consumer: ({ Records }) => ({ payload: seen.push(Records[0]?.body) }) });
    const queueUrl = await createQueue(local, 'jobs');
    const { UUID } = await createMapping(local);
    await until('Enabled', async () => (await stateOf(local, UUID)) === 'Enabled');

    const disabling = await local.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    assert.equal(disabling.State, 'Disabling');
    await assert.rejects(local.lambda.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize: 1 })), {
      name: 'ResourceInUseException',
      message: 'Cannot update the event source mapping because it is in use.',
    });
    await until('Disabled', async () => (await stateOf(local, UUID)) === 'Disabled');
    await local.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'waiting' }));
    // A listener would have taken it as it came.
    assert.equal(await count(local, queueUrl, ['ApproximateNumberOfMessages']), 1);
    assert.deepEqual(seen, []);

    const enabling = await local.lambda.send(
      new UpdateEventSourceMappingCommand({ UUID, Enabled: true, BatchSize: 1 }),
    );
    assert.equal(enabling.State, 'Enabling');
    await until('the waiting message', () => seen.length === 1);

    const deleting = await local.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    assert.equal(deleting.State, 'Deleting');
    await until(
      'the mapping to be gone',
      async () => (await local.lambda.send(new ListEventSourceMappingsCommand())).EventSourceMappings?.length === 0,
    );
    await assert.rejects(local.lambda.send(new GetEventSourceMappingCommand({ UUID })), {
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
    });
  });

  it('answers and lists mappings as AWS does', async () => {
    await using local = await startMappings({ consumer: ok, other: ok });
    await createQueue(local, 'jobs');
    const FilterCriteria = { Filters: [{ Pattern: '{"body":["x"]}' }] };
    const { $metadata, ...created } = await createMapping(local, {
      Enabled: false,
      FilterCriteria,
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    assert.equal($metadata.httpStatusCode, 202);
    const { UUID, LastModified, ...rest } = created;
    assert.ok(LastModified instanceof Date);
    assert.deepEqual(rest, {
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      EventSourceArn: arnOf('jobs'),
      EventSourceMappingArn: `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${UUID}`,
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:consumer',
      FilterCriteria,
      FunctionResponseTypes: [],
      ScalingConfig: { MaximumConcurrency: 2 },
      State: 'Creating',
      StateTransitionReason: 'USER_INITIATED',
    });
    await createMapping(local, { FunctionName: 'other' });
    const list = (input: object) => local.lambda.send(new ListEventSourceMappingsCommand(input));
    assert.equal((await list({})).EventSourceMappings?.length, 2);
    assert.deepEqual(
      (await list({ FunctionName: 'consumer' })).EventSourceMappings?.map((one) => one.UUID),
      [UUID],
    );
    assert.equal((await list({ EventSourceArn: arnOf('other') })).EventSourceMappings?.length, 0);
    const first = await list({ MaxItems: 1 });
    const second = await list({ MaxItems: 1, Marker: first.NextMarker });
    assert.equal(second.EventSourceMappings?.length, 1);
    assert.equal(second.NextMarker, undefined);
  });

  const queue = arnOf('jobs');
  const refusals: [
    title: string,
    input: Partial<CreateEventSourceMappingCommandInput>,
    name: string,
    message: RegExp,
  ][] = [
    ['an unknown function', { FunctionName: 'nobody' }, 'InvalidParameterValueException', /^Function does not exist$/],
    [
      'a missing queue',
      { EventSourceArn: arnOf('none') },
      'InvalidParameterValueException',
      /^Error occurred while ReceiveMessage\. SQS Error Code: AWS\.SimpleQueueService\.NonExistentQueue\. SQS Error Message: /,
    ],
    ['no source', { EventSourceArn: undefined }, 'InvalidParameterValueException', /^Unrecognized event source\.$/],
    [
      'another kind of source',
      { EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' },
      'InvalidParameterValueException',
      /^Unrecognized event source arn:aws:kinesis:/,
    ],
    [
      'a queue that hides messages too briefly',
      { EventSourceArn: arnOf('brief') },
      'InvalidParameterValueException',
      /^Queue visibility timeout: 2 seconds is less than Function timeout: 3 seconds$/,
    ],
    [
      'a large batch without a window',
      { BatchSize: 11 },
      'InvalidParameterValueException',
      /^Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10$/,
    ],
    [
      'a batch of none',
      { BatchSize: 0 },
      'ValidationException',
      /'batchSize' failed to satisfy constraint: Member must have value greater than or equal to 1$/,
    ],
    [
      'a batch above all',
      { BatchSize: 10_001, MaximumBatchingWindowInSeconds: 1 },
      'ValidationException',
      /less than or equal to 10000$/,
    ],
    [
      'a window that is too long',
      { MaximumBatchingWindowInSeconds: 301 },
      'ValidationException',
      /less than or equal to 300$/,
    ],
    [
      'a concurrency of one',
      { ScalingConfig: { MaximumConcurrency: 1 } },
      'ValidationException',
      /greater than or equal to 2$/,
    ],
    [
      'a window on a FIFO queue',
      { EventSourceArn: arnOf('jobs.fifo'), MaximumBatchingWindowInSeconds: 1 },
      'InvalidParameterValueException',
      /FIFO/,
    ],
    [
      'a bad pattern',
      { FilterCriteria: { Filters: [{ Pattern: '{"a":1}' }] } },
      'InvalidParameterValueException',
      /^Invalid filter pattern definition\.$/,
    ],
    [
      'a missing pattern',
      { FilterCriteria: { Filters: [{}] } },
      'InvalidParameterValueException',
      /^Invalid filter pattern definition\.$/,
    ],
    [
      'six filters',
      { FilterCriteria: { Filters: Array(6).fill({ Pattern: '{"a":[1]}' }) } },
      'InvalidParameterValueException',
      /5 filters/,
    ],
    [
      'what only streams have',
      { BisectBatchOnFunctionError: true },
      'InvalidParameterValueException',
      /BisectBatchOnFunctionError/,
    ],
    ['a starting position', { StartingPosition: 'LATEST' }, 'InvalidParameterValueException', /StartingPosition/],
    [
      'what is not implemented, by name',
      { Queues: ['x'] },
      'InvalidParameterValueException',
      /^Queues is not supported/,
    ],
    [
      'a mapping that exists',
      { EventSourceArn: arnOf('taken') },
      'ResourceConflictException',
      /^An event source mapping with SQS arn \(" \S+ "\) and function \(" consumer "\) already exists\. Please update or delete the existing mapping with UUID /,
    ],
  ];
  it('refuses what AWS refuses', async (test) => {
    await using local = await startMappings({ consumer: ok });
    await createQueue(local, 'jobs');
    await createQueue(local, 'taken');
    await createQueue(local, 'brief', { VisibilityTimeout: '2' });
    await createQueue(local, 'jobs.fifo', { FifoQueue: 'true' });
    await createMapping(local, { EventSourceArn: arnOf('taken'), Enabled: false });
    for (const [title, input, name, message] of refusals) {
      await test.test(title, async () => {
        await assert.rejects(createMapping(local, { EventSourceArn: queue, ...input }), { name, message });
      });
    }
    assert.equal((await local.lambda.send(new ListEventSourceMappingsCommand())).EventSourceMappings?.length, 1);
  });

  it('goes on after a restart with the mappings that were kept', async () => {
    const state = memoryState();
    let uuid: string | undefined;
    {
      await using local = await startMappings({ consumer: ok }, { state });
      await createQueue(local, 'jobs');
      uuid = (await createMapping(local)).UUID;
      await until('Enabled', async () => (await stateOf(local, uuid)) === 'Enabled');
    }
    const seen: unknown[] = [];
    await using local = await startMappings({ consumer: (event) => ({ payload: seen.push(event) }) }, { state });
    const queueUrl = await createQueue(local, 'jobs');
    await local.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'hello' }));
    await until('the function to be invoked', () => seen.length === 1);
    assert.equal(await stateOf(local, uuid), 'Enabled');
  });

  it('is made, updated in place and deleted with its stack', async () => {
    await using local = await startMappings({ consumer: ok });
    await createQueue(local, 'jobs');
    const [resource] = local.resourceTypes;
    assert.ok(resource !== undefined);
    const context = { stackName: 's', stackId: 'i', logicalId: 'Mapping', region: 'us-east-1', tags: {} };
    const properties = { FunctionName: 'consumer', EventSourceArn: arnOf('jobs'), BatchSize: '5', Enabled: 'True' };
    assert.throws(() => resource.validate({ ...properties, Queues: ['q'] }, 'Mapping'), /Queues/);
    assert.throws(() => resource.validate({ ...properties, BatchSize: 'many' }, 'Mapping'), /BatchSize/);

    const given = { ...properties, Enabled: 'true', FunctionResponseTypes: ['ReportBatchItemFailures'] };
    const made = await resource.create(given, context);
    assert.equal(await stateOf(local, made.physicalId), 'Enabled');
    assert.deepEqual(made.attributes, {
      Id: made.physicalId,
      EventSourceMappingArn: `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${made.physicalId}`,
    });

    const next = { FunctionName: 'consumer', EventSourceArn: arnOf('jobs'), Enabled: false };
    assert.equal(resource.needsReplacement(given, next), false);
    assert.equal(resource.needsReplacement(given, { ...next, EventSourceArn: arnOf('other') }), true);
    await resource.update(next, { properties: given, state: made }, context);
    const shown = await local.lambda.send(new GetEventSourceMappingCommand({ UUID: made.physicalId }));
    assert.equal(shown.State, 'Disabled');
    assert.equal(shown.BatchSize, 10);
    assert.deepEqual(shown.FunctionResponseTypes, []);

    await resource.delete(made, next, context);
    await resource.delete(made, next, context);
    assert.deepEqual((await local.lambda.send(new ListEventSourceMappingsCommand())).EventSourceMappings, []);
  });
});
