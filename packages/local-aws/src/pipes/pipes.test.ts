import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BatchWriteItemCommand, CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreatePipeCommand,
  type CreatePipeCommandInput,
  DeletePipeCommand,
  DescribePipeCommand,
  ListPipesCommand,
  ListTagsForResourceCommand,
  StartPipeCommand,
  StopPipeCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdatePipeCommand,
} from '@aws-sdk/client-pipes';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { isJsonObject } from '../core/json.ts';
import { until } from '../testing/until.ts';
import { type Functions, startPipes } from './pipes.fixture.ts';

type Local = Awaited<ReturnType<typeof startPipes>>;

const RoleArn = 'arn:aws:iam::000000000000:role/pipe-role';
const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const Target = functionArn('target');
const ok = () => ({});

const messagesSchema = z.array(z.object({ messageId: z.string(), body: z.string() }));
const changesSchema = z.array(
  z.object({
    eventID: z.string(),
    eventName: z.string(),
    dynamodb: z.object({ Keys: z.object({ pk: z.object({ S: z.string() }) }) }),
  }),
);

async function createQueue(
  { sqs }: Local,
  QueueName: string,
  Attributes: Record<string, string> = {},
): Promise<string> {
  return (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? '';
}

async function createPipe(local: Local, input: Partial<CreatePipeCommandInput> = {}): Promise<string> {
  const Name = input.Name ?? 'pipe';
  const created = await local.pipes.send(
    new CreatePipeCommand({ Name, RoleArn, Source: queueArn('source'), Target, ...input }),
  );
  assert.equal(created.CurrentState, 'CREATING');
  await settled(local, Name);
  return created.Arn ?? '';
}

async function stateOf({ pipes }: Local, Name = 'pipe'): Promise<string> {
  return (await pipes.send(new DescribePipeCommand({ Name }))).CurrentState ?? '';
}

async function settled(local: Local, Name = 'pipe'): Promise<void> {
  await until('the pipe to settle', async () => {
    const state = await stateOf(local, Name);
    return state === 'RUNNING' || !state.endsWith('ING');
  });
}

async function bodies({ sqs }: Local, QueueUrl: string, wanted: number): Promise<string[]> {
  const found: string[] = [];
  while (found.length < wanted) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 10 }),
    );
    if (Messages.length === 0) throw new Error(`only ${found.length} of ${wanted} messages came`);
    found.push(...Messages.map(({ Body = '' }) => Body));
  }
  return found;
}

async function send({ sqs }: Local, QueueUrl: string, ...texts: string[]): Promise<void> {
  const Entries = texts.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
}

async function isEmpty({ sqs }: Local, QueueUrl: string): Promise<boolean> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).every((value) => value === '0');
}

async function startWithTable(functions: Functions): Promise<Local & { streamArn: string }> {
  const local = await startPipes(functions, { withDynamoDb: true });
  const { TableDescription } = await local.dynamoDb.send(
    new CreateTableCommand({
      TableName: 'orders',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  return { ...local, streamArn: TableDescription?.LatestStreamArn ?? '' };
}

describe('pipe from a queue', () => {
  it('invokes the target function with an array of records, also for one record', async () => {
    const payloads: unknown[] = [];
    await using local = await startPipes({ target: (payload) => ({ payload: payloads.push(payload) }) });
    const url = await createQueue(local, 'source');
    await createPipe(local);
    await send(local, url, 'hello');
    await until('the invocation', () => payloads.length === 1);
    assert.ok(Array.isArray(payloads[0]) && isJsonObject(payloads[0][0]));
    assert.deepEqual(Object.keys(payloads[0][0]).toSorted(), [
      'attributes',
      'awsRegion',
      'body',
      'eventSource',
      'eventSourceARN',
      'md5OfBody',
      'messageAttributes',
      'messageId',
      'receiptHandle',
    ]);
    const [invocation] = local.invocations;
    assert.equal(invocation?.type, 'RequestResponse');
    assert.deepEqual(invocation?.principal, {
      kind: 'role',
      roleArn: RoleArn,
      sessionName: 'pipe',
      arn: 'arn:aws:sts::000000000000:assumed-role/pipe-role/pipe',
    });
    await until('the message to be deleted', () => isEmpty(local, url));
    for (const name of ['Invocations', 'EventCount', 'Duration']) assert.ok(local.metrics.includes(name));
  });

  it('filters, transforms each record and sends one message an event to a queue', async () => {
    await using local = await startPipes({});
    const url = await createQueue(local, 'source');
    const targetUrl = await createQueue(local, 'target');
    await createPipe(local, {
      Target: queueArn('target'),
      SourceParameters: { FilterCriteria: { Filters: [{ Pattern: '{"body":{"kind":["order"]}}' }] } },
      TargetParameters: { InputTemplate: '{"id": <$.body.id>, "by": "<aws.pipes.pipe-name>"}' },
    });
    await send(local, url, '{"kind":"order","id":1}', '{"kind":"other","id":2}', 'noise', '{"kind":"order","id":3}');
    const found = await bodies(local, targetUrl, 2);
    assert.deepEqual(found.toSorted(), ['{"id": 1, "by": "pipe"}', '{"id": 3, "by": "pipe"}']);
    await until('the source to be empty', () => isEmpty(local, url));
  });

  it('sends texts as they are', async () => {
    await using local = await startPipes({});
    const url = await createQueue(local, 'source');
    const targetUrl = await createQueue(local, 'target');
    await createPipe(local, { Target: queueArn('target'), TargetParameters: { InputTemplate: '<$.body>' } });
    await send(local, url, 'just "text"');
    assert.deepEqual(await bodies(local, targetUrl, 1), ['just "text"']);
  });

  it('finds the message group of a FIFO target in the event', async () => {
    await using local = await startPipes({});
    const url = await createQueue(local, 'source');
    const targetUrl = await createQueue(local, 'target.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    await createPipe(local, {
      Target: queueArn('target.fifo'),
      TargetParameters: { SqsQueueParameters: { MessageGroupId: '$.body.customer' } },
    });
    await send(local, url, '{"customer":"c1"}');
    const { Messages = [] } = await local.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: targetUrl, WaitTimeSeconds: 10, MessageSystemAttributeNames: ['All'] }),
    );
    assert.equal(Messages[0]?.Attributes?.MessageGroupId, 'c1');
  });

  it('publishes to a topic', async () => {
    await using local = await startPipes({});
    const url = await createQueue(local, 'source');
    const outboxUrl = await createQueue(local, 'outbox');
    const { TopicArn = '' } = await local.sns.send(new CreateTopicCommand({ Name: 'topic' }));
    await local.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn('outbox') }));
    await createPipe(local, { Target: TopicArn, TargetParameters: { InputTemplate: '{"said":"<$.body>"}' } });
    await send(local, url, 'hello');
    const [envelope = ''] = await bodies(local, outboxUrl, 1);
    assert.equal(JSON.parse(envelope).Message, '{"said":"hello"}');
  });

  it('hands what the enrichment answers to the target, and skips the target for nothing', async () => {
    const payloads: unknown[] = [];
    await using local = await startPipes({
      enrichment: (payload) => {
        const texts = z.array(z.string()).parse(payload);
        return { payload: texts.filter((text) => text !== 'drop').map((text) => ({ text: text.toUpperCase() })) };
      },
      target: (payload) => ({ payload: payloads.push(payload) }),
    });
    const url = await createQueue(local, 'source');
    await createPipe(local, {
      Enrichment: functionArn('enrichment'),
      EnrichmentParameters: { InputTemplate: '<$.body>' },
      TargetParameters: { InputTemplate: '{"enriched":<$.text>}' },
    });
    await send(local, url, 'drop');
    await until('the dropped message to be deleted', () => isEmpty(local, url));
    assert.deepEqual(payloads, []);
    await send(local, url, 'keep');
    await until('the target', () => payloads.length === 1);
    assert.deepEqual(payloads[0], [{ enriched: 'KEEP' }]);
  });

  it('leaves in the queue what the target names as failed', async () => {
    await using local = await startPipes({
      target: (payload) => ({
        payload: {
          batchItemFailures: messagesSchema
            .parse(payload)
            .filter(({ body }) => body === 'bad')
            .map(({ messageId }) => ({ itemIdentifier: messageId })),
        },
      }),
    });
    const url = await createQueue(local, 'source');
    await createPipe(local);
    await send(local, url, 'good', 'bad', 'fine');
    const left = async () => {
      const { Attributes = {} } = await local.sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: url,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return [Attributes.ApproximateNumberOfMessages, Attributes.ApproximateNumberOfMessagesNotVisible].join();
    };
    await until('the failure', () => local.metrics.includes('ExecutionPartiallyFailed'));
    await until('one message to be left', async () => (await left()) === '0,1');
  });

  it('does not wait for a target that is fired and forgotten', async () => {
    await using local = await startPipes({ target: () => ({ functionError: 'Unhandled' }) });
    const url = await createQueue(local, 'source');
    const InvocationType = 'FIRE_AND_FORGET' as const;
    await createPipe(local, { TargetParameters: { LambdaFunctionParameters: { InvocationType } } });
    await send(local, url, 'hello');
    await until('the invocation', () => local.invocations.length === 1);
    assert.equal(local.invocations[0]?.type, 'Event');
  });

  it('writes its steps to its log group as far as the level asks', async () => {
    for (const [Level, steps] of [
      ['ERROR', ['TargetInvocationFailed', 'ExecutionFailed']],
      ['INFO', ['ExecutionStarted', 'TargetStageEntered', 'TargetInvocationFailed', 'ExecutionFailed']],
      ['OFF', []],
    ] as const) {
      await using local = await startPipes({
        target: () => ({ functionError: 'Unhandled', payload: { errorType: 'E' } }),
      });
      const url = await createQueue(local, 'source');
      const LogGroupArn = 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/pipes/pipe:*';
      const Arn = await createPipe(local, {
        LogConfiguration: { Level, IncludeExecutionData: ['ALL'], CloudwatchLogsLogDestination: { LogGroupArn } },
      });
      await send(local, url, 'hello');
      await until('the failure', () => local.metrics.includes('ExecutionFailed'));
      await until('the log', () => local.logged.length === steps.length);
      const entries = local.logged.flatMap(({ events }) => events.map(({ message }) => JSON.parse(message)));
      assert.deepEqual(
        entries.map(({ messageType }) => messageType),
        steps,
      );
      assert.ok(local.logged.every(({ group }) => group === '/aws/vendedlogs/pipes/pipe'));
      for (const entry of entries) assert.equal(entry.resourceArn, Arn);
      const failure = entries.find(({ messageType }) => messageType === 'TargetInvocationFailed');
      if (failure === undefined) continue;
      assert.equal(failure.error.awsService, 'lambda');
      assert.equal(JSON.parse(failure.payload)[0].body, 'hello');
    }
  });
});

describe('pipe from a table stream', () => {
  it('hands over the changes that its filter lets through', async () => {
    const seen: string[] = [];
    await using local = await startWithTable({
      target: (payload) => ({
        payload: seen.push(
          ...changesSchema.parse(payload).map(({ eventName, dynamodb }) => `${eventName} ${dynamodb.Keys.pk.S}`),
        ),
      }),
    });
    await createPipe(local, {
      Source: local.streamArn,
      SourceParameters: {
        FilterCriteria: {
          Filters: [
            { Pattern: '{"eventName":["INSERT","MODIFY"],"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"#ORDER#"}]}}}}' },
          ],
        },
        DynamoDBStreamParameters: { StartingPosition: 'LATEST', BatchSize: 5 },
      },
    });
    for (const [pk, n] of [
      ['#ORDER#1', '1'],
      ['CUSTOMER#1', '1'],
      ['#ORDER#1', '2'],
    ] as const) {
      await local.dynamoDb.send(new PutItemCommand({ TableName: 'orders', Item: { pk: { S: pk }, n: { N: n } } }));
    }
    await until('two changes', () => seen.length === 2);
    assert.deepEqual(seen, ['INSERT #ORDER#1', 'MODIFY #ORDER#1']);
  });

  it('delivers everything but the poisoned change, which its dead letter tells where to find', async () => {
    const seen = new Set<string>();
    await using local = await startWithTable({
      target(payload) {
        const changes = changesSchema.parse(payload);
        if (changes.some(({ dynamodb }) => dynamodb.Keys.pk.S === 'poison')) return { functionError: 'Unhandled' };
        for (const { dynamodb } of changes) seen.add(dynamodb.Keys.pk.S);
        return {};
      },
    });
    const deadUrl = await createQueue(local, 'dead');
    const Arn = await createPipe(local, {
      Source: local.streamArn,
      SourceParameters: {
        DynamoDBStreamParameters: {
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: 10,
          MaximumRetryAttempts: 1,
          OnPartialBatchItemFailure: 'AUTOMATIC_BISECT',
          DeadLetterConfig: { Arn: queueArn('dead') },
        },
      },
    });
    const keys = ['a', 'b', 'poison', 'c', 'd'];
    await local.dynamoDb.send(
      new BatchWriteItemCommand({
        RequestItems: { orders: keys.map((pk) => ({ PutRequest: { Item: { pk: { S: pk } } } })) },
      }),
    );
    await until('the good changes', () => seen.size === 4);
    const [dead = ''] = await bodies(local, deadUrl, 1);
    const { context, version, DDBStreamBatchInfo } = JSON.parse(dead);
    assert.deepEqual(context, { partnerResourceArn: Arn, condition: 'RetryAttemptsExhausted' });
    assert.equal(version, '1.0');
    assert.equal(DDBStreamBatchInfo.batchSize, 1);
    assert.equal(DDBStreamBatchInfo.streamArn, local.streamArn);
  });

  it('takes failures by event id, and delivers again from the first of them on', async () => {
    const batches: string[][] = [];
    await using local = await startWithTable({
      target(payload) {
        const changes = changesSchema.parse(payload);
        const keys = changes.map(({ dynamodb }) => dynamodb.Keys.pk.S);
        batches.push(keys);
        const failed = batches.length === 1 ? changes.slice(1, 2) : [];
        return { payload: { batchItemFailures: failed.map(({ eventID }) => ({ itemIdentifier: eventID })) } };
      },
    });
    for (const pk of ['a', 'b', 'c'])
      await local.dynamoDb.send(new PutItemCommand({ TableName: 'orders', Item: { pk: { S: pk } } }));
    await createPipe(local, {
      Source: local.streamArn,
      SourceParameters: { DynamoDBStreamParameters: { StartingPosition: 'TRIM_HORIZON', BatchSize: 10 } },
    });
    await until('the second try', () => batches.length === 2);
    assert.deepEqual(batches, [
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
  });
});

describe('pipes API', () => {
  it('describes, lists, tags, updates, stops, starts and deletes a pipe', async () => {
    const payloads: unknown[] = [];
    await using local = await startPipes({ target: (payload) => ({ payload: payloads.push(payload) }) });
    const url = await createQueue(local, 'source');
    const SourceParameters = { SqsQueueParameters: { BatchSize: 5, MaximumBatchingWindowInSeconds: 0 } };
    const Arn = await createPipe(local, { Description: 'first', SourceParameters, Tags: { team: 'a' } });
    assert.equal(Arn, 'arn:aws:pipes:us-east-1:000000000000:pipe/pipe');
    const describePipe = () => local.pipes.send(new DescribePipeCommand({ Name: 'pipe' }));
    const { $metadata: _, CreationTime, LastModifiedTime, ...shown } = await describePipe();
    assert.ok(CreationTime instanceof Date && LastModifiedTime instanceof Date);
    assert.deepEqual(shown, {
      Name: 'pipe',
      Arn,
      Description: 'first',
      RoleArn,
      Source: queueArn('source'),
      SourceParameters,
      Target,
      Tags: { team: 'a' },
      DesiredState: 'RUNNING',
      CurrentState: 'RUNNING',
      StateReason: '',
    });
    const { Pipes = [] } = await local.pipes.send(new ListPipesCommand({ NamePrefix: 'pi' }));
    assert.deepEqual(
      Pipes.map(({ Name }) => Name),
      ['pipe'],
    );
    assert.deepEqual((await local.pipes.send(new ListPipesCommand({ NamePrefix: 'x' }))).Pipes, []);

    await local.pipes.send(new TagResourceCommand({ resourceArn: Arn, tags: { stage: 'local' } }));
    await local.pipes.send(new UntagResourceCommand({ resourceArn: Arn, tagKeys: ['team'] }));
    assert.deepEqual((await local.pipes.send(new ListTagsForResourceCommand({ resourceArn: Arn }))).tags, {
      stage: 'local',
    });

    assert.equal((await local.pipes.send(new StopPipeCommand({ Name: 'pipe' }))).CurrentState, 'STOPPING');
    await settled(local);
    assert.equal(await stateOf(local), 'STOPPED');
    await local.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'waiting' }));
    await local.pipes.send(new UpdatePipeCommand({ Name: 'pipe', RoleArn, Description: 'second' }));
    await settled(local);
    assert.equal((await describePipe()).Description, 'second');
    assert.equal(await stateOf(local), 'STOPPED');
    assert.deepEqual(payloads, []);
    assert.equal((await local.pipes.send(new StartPipeCommand({ Name: 'pipe' }))).CurrentState, 'STARTING');
    await until('the waiting message', () => payloads.length === 1);

    assert.equal((await local.pipes.send(new DeletePipeCommand({ Name: 'pipe' }))).CurrentState, 'DELETING');
    await until(
      'the pipe to be gone',
      async () => (await local.pipes.send(new ListPipesCommand())).Pipes?.length === 0,
    );
    await assert.rejects(describePipe(), { name: 'NotFoundException', message: 'Pipe pipe does not exist.' });
  });

  it('fails to create a pipe whose source does not exist', async () => {
    await using local = await startPipes({ target: ok });
    await createPipe(local);
    const { CurrentState, StateReason = '' } = await local.pipes.send(new DescribePipeCommand({ Name: 'pipe' }));
    assert.equal(CurrentState, 'CREATE_FAILED');
    assert.match(StateReason, /queue does not exist/);
  });

  it('refuses by name what it does not support, and what AWS refuses', async (test) => {
    await using local = await startPipes({ target: ok });
    await createQueue(local, 'source');
    await createPipe(local, { Name: 'taken', DesiredState: 'STOPPED' });
    const stream = 'arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s';
    const refusals: [title: string, input: Partial<CreatePipeCommandInput>, message: RegExp][] = [
      [
        'another source',
        { Source: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' },
        /source arn:aws:kinesis.*not supported/,
      ],
      [
        'another target',
        { Target: 'arn:aws:states:us-east-1:000000000000:stateMachine:m' },
        /target arn:aws:states.*not supported/,
      ],
      [
        'another enrichment',
        { Enrichment: 'arn:aws:states:us-east-1:000000000000:stateMachine:m' },
        /enrichment arn:aws:states.*not supported/,
      ],
      [
        'another parameter',
        { TargetParameters: { KinesisStreamParameters: { PartitionKey: 'k' } } },
        /TargetParameters\.KinesisStreamParameters is not supported/,
      ],
      [
        'a bad pattern',
        { SourceParameters: { FilterCriteria: { Filters: [{ Pattern: '{' }] } } },
        /^Invalid filter pattern definition\.$/,
      ],
      ['a stream without a position', { Source: stream }, /StartingPosition/],
      [
        'a batch of none',
        { SourceParameters: { SqsQueueParameters: { BatchSize: 0 } } },
        /BatchSize must be between 1 and 10000/,
      ],
      [
        'a large batch without a window',
        { SourceParameters: { SqsQueueParameters: { BatchSize: 11 } } },
        /MaximumBatchingWindowInSeconds/,
      ],
      [
        'parameters of another target',
        { TargetParameters: { SqsQueueParameters: { MessageGroupId: 'g' } } },
        /do not fit the target/,
      ],
      ['an unknown variable', { TargetParameters: { InputTemplate: '<aws.pipes.x>' } }, /<aws\.pipes\.x>/],
      ['a bad name', { Name: 'a b' }, /name a b is not valid/],
    ];
    for (const [title, input, message] of refusals) {
      await test.test(title, async () => {
        await assert.rejects(createPipe(local, input), { name: 'ValidationException', message });
      });
    }
    await assert.rejects(createPipe(local, { Name: 'taken' }), { name: 'ConflictException' });
  });
});

describe('AWS::Pipes::Pipe', () => {
  const context = {
    stackName: 'stack',
    stackId: 'id',
    logicalId: 'OrderPipe',
    region: 'us-east-1',
    tags: { stack: 's' },
  };

  it('is made, updated in place and deleted with the stack', async () => {
    await using local = await startPipes({ target: ok });
    await createQueue(local, 'source');
    const [resource] = local.resourceTypes;
    assert.ok(resource !== undefined);
    const properties = { RoleArn, Source: queueArn('source'), Target, Enrichment: functionArn('e') };
    const made = await resource.create(properties, context);
    assert.match(made.physicalId, /^stack-OrderPipe-/);
    assert.equal(made.attributes.CurrentState, 'RUNNING');
    const next = { RoleArn, Source: queueArn('source'), Target, DesiredState: 'STOPPED' };
    assert.equal(resource.needsReplacement(properties, next), false);
    await resource.update(next, { properties, state: made }, context);
    const shown = await local.pipes.send(new DescribePipeCommand({ Name: made.physicalId }));
    assert.equal(shown.Enrichment, undefined);
    assert.equal(shown.CurrentState, 'STOPPED');
    assert.deepEqual(shown.Tags, { stack: 's' });
    await resource.delete(made, next, context);
    await resource.delete(made, next, context);
    assert.deepEqual((await local.pipes.send(new ListPipesCommand())).Pipes, []);
  });

  it('fails with the reason of the pipe and leaves nothing behind', async () => {
    await using local = await startPipes({ target: ok });
    const [resource] = local.resourceTypes;
    const made = resource?.create({ Name: 'p', RoleArn, Source: queueArn('none'), Target }, context);
    await assert.rejects(async () => made, /queue does not exist/);
    assert.deepEqual((await local.pipes.send(new ListPipesCommand())).Pipes, []);
  });

  it('names a property that it does not support', async () => {
    await using local = await startPipes({});
    const [resource] = local.resourceTypes;
    assert.throws(
      () => resource?.validate({ RoleArn, Source: queueArn('s'), Target, KmsKeyIdentifier: 'k' }, 'OrderPipe'),
      /KmsKeyIdentifier/,
    );
  });
});
