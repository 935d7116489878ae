import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  AddPermissionCommand,
  CancelMessageMoveTaskCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type Message,
  type MessageAttributeValue,
  PurgeQueueCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  RemovePermissionCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { ManualClock } from '../core/clock.ts';
import { type InProcessServices, startInProcessServices } from '../edge/in-process-services.fixture.ts';

describe('the SQS API', () => {
  const clock = new ManualClock();
  let edge: InProcessServices;
  let client: SQSClient;
  let count = 0;

  before(async () => {
    edge = await startInProcessServices({ clock });
    client = new SQSClient(edge.clientConfig);
  });
  after(async () => {
    client.destroy();
    await edge.close();
  });

  async function createQueue(Attributes: Record<string, string> = {}): Promise<string> {
    count += 1;
    const QueueName = `queue-${count}${Attributes.FifoQueue === undefined ? '' : '.fifo'}`;
    const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    return QueueUrl;
  }
  const send = (QueueUrl: string, MessageBody: string) =>
    client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const receive = async (
    QueueUrl: string,
    options: Omit<ReceiveMessageCommandInput, 'QueueUrl'> = {},
  ): Promise<Message[]> => {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, ...options }));
    return Messages;
  };
  const bodies = async (QueueUrl: string, options?: Omit<ReceiveMessageCommandInput, 'QueueUrl'>) =>
    (await receive(QueueUrl, options)).map(({ Body }) => Body);
  const attributesOf = async (QueueUrl: string) => {
    const { Attributes = {} } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return Attributes;
  };
  const arnOf = async (QueueUrl: string) => (await attributesOf(QueueUrl)).QueueArn ?? '';

  describe('queues', () => {
    it('have a URL at this endpoint and an ARN', async () => {
      const url = await createQueue({ VisibilityTimeout: '45' });
      assert.equal(url, `${edge.url}/000000000000/queue-${count}`);
      const found = await client.send(new GetQueueUrlCommand({ QueueName: `queue-${count}` }));
      assert.equal(found.QueueUrl, url);
      const attributes = await attributesOf(url);
      assert.equal(attributes.QueueArn, `arn:aws:sqs:us-east-1:000000000000:queue-${count}`);
      assert.equal(attributes.VisibilityTimeout, '45');
      assert.equal(attributes.MaximumMessageSize, '1048576');
      assert.equal(attributes.ApproximateNumberOfMessages, '0');
      const none = await client.send(new GetQueueAttributesCommand({ QueueUrl: url }));
      assert.equal(none.Attributes, undefined);
    });

    it('are found again when made the same way, and not otherwise', async () => {
      const make = (DelaySeconds: string) =>
        client.send(new CreateQueueCommand({ QueueName: 'again', Attributes: { DelaySeconds } }));
      assert.deepEqual((await make('1')).QueueUrl, (await make('1')).QueueUrl);
      await assert.rejects(make('2'), { name: 'QueueNameExists' });
    });

    it('are listed by prefix, in pages', async () => {
      for (const QueueName of ['list-a', 'list-b', 'list-c']) await client.send(new CreateQueueCommand({ QueueName }));
      const page = { QueueNamePrefix: 'list-', MaxResults: 2 };
      const first = await client.send(new ListQueuesCommand(page));
      assert.deepEqual(
        first.QueueUrls?.map((url) => url.split('/').at(-1)),
        ['list-a', 'list-b'],
      );
      const next = await client.send(new ListQueuesCommand({ ...page, NextToken: first.NextToken }));
      assert.deepEqual(
        next.QueueUrls?.map((url) => url.split('/').at(-1)),
        ['list-c'],
      );
      assert.equal(next.NextToken, undefined);
    });

    it('carry tags', async () => {
      const QueueUrl = await createQueue();
      await client.send(new TagQueueCommand({ QueueUrl, Tags: { a: '1', b: '2' } }));
      await client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['a'] }));
      assert.deepEqual((await client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags, { b: '2' });
    });

    it('are purged at most once a minute', async () => {
      const QueueUrl = await createQueue();
      await send(QueueUrl, 'a');
      await client.send(new PurgeQueueCommand({ QueueUrl }));
      assert.deepEqual(await receive(QueueUrl), []);
      await assert.rejects(client.send(new PurgeQueueCommand({ QueueUrl })), { name: 'PurgeQueueInProgress' });
    });

    it('get and lose permissions', async () => {
      const QueueUrl = await createQueue();
      const add = { QueueUrl, Label: 'partner', AWSAccountIds: ['111111111111'], Actions: ['SendMessage'] };
      await client.send(new AddPermissionCommand(add));
      const { Statement } = JSON.parse((await attributesOf(QueueUrl)).Policy ?? '{}');
      assert.deepEqual(Statement, [
        {
          Sid: 'partner',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::111111111111:root' },
          Action: 'SQS:SendMessage',
          Resource: await arnOf(QueueUrl),
        },
      ]);
      await client.send(new RemovePermissionCommand({ QueueUrl, Label: 'partner' }));
      assert.equal((await attributesOf(QueueUrl)).Policy, undefined);
      await assert.rejects(client.send(new RemovePermissionCommand({ QueueUrl, Label: 'partner' })), {
        message: /can't find label/,
      });
    });

    it('refuse attributes that do not exist or are out of bounds', async () => {
      const QueueUrl = await createQueue();
      for (const [Attributes, name] of [
        [{ VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
        [{ DelaySeconds: '-1' }, 'InvalidAttributeValue'],
        [{ RedrivePolicy: '{' }, 'InvalidAttributeValue'],
      ] as const) {
        await assert.rejects(client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes })), { name });
      }
    });

    it('that do not exist are named the way SDKs expect', async () => {
      await assert.rejects(send(`${edge.url}/000000000000/nothing`, 'x'), (error) => {
        assert.ok(error instanceof QueueDoesNotExist);
        assert.equal(error.message, 'The specified queue does not exist.');
        return true;
      });
    });
  });

  describe('messages', () => {
    it('digest attributes as clients that check the digest do', async () => {
      const QueueUrl = await createQueue();
      const digest = async (MessageAttributes: Record<string, MessageAttributeValue>) =>
        (await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageAttributes })))
          .MD5OfMessageAttributes;
      assert.equal(
        await digest({ timestamp: { DataType: 'Number', StringValue: '1493147359900' } }),
        '235c5c510d26fb653d073faed50ae77c',
      );
      assert.equal(
        await digest({
          ccc: { DataType: 'String', StringValue: 'testjunk' },
          aaa: { DataType: 'Binary', BinaryValue: Uint8Array.of(2, 3, 4) },
          zzz: { DataType: 'Number', StringValue: '0230.01' },
        }),
        '9574cdd218ec0162f58a24bdbb81853a',
      );
    });

    it('carry any text and attributes, of which a receiver gets what it asks for', async () => {
      const QueueUrl = await createQueue();
      const MessageAttributes = {
        'trace.id': { DataType: 'String', StringValue: 'é' },
        'trace.hop': { DataType: 'Number.int', StringValue: '3' },
        blob: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2, 255) },
      };
      const sent = await client.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: 'Grüße 🎉',
          MessageAttributes,
          MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-2-3' } },
        }),
      );
      const [message] = await receive(QueueUrl, {
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
        VisibilityTimeout: 0,
      });
      assert.equal(message?.MessageId, sent.MessageId);
      assert.equal(message?.Body, 'Grüße 🎉');
      assert.deepEqual(message?.MessageAttributes, MessageAttributes);
      assert.equal(message?.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
      const now = String(clock.now());
      assert.deepEqual(message?.Attributes, {
        ApproximateFirstReceiveTimestamp: now,
        ApproximateReceiveCount: '1',
        AWSTraceHeader: 'Root=1-2-3',
        SenderId: '000000000000',
        SentTimestamp: now,
      });
      const [bare] = await receive(QueueUrl, { VisibilityTimeout: 0 });
      assert.equal(bare?.MessageAttributes, undefined);
      assert.equal(bare?.Attributes, undefined);
      const [some] = await receive(QueueUrl, { MessageAttributeNames: ['trace.*'] });
      assert.deepEqual(Object.keys(some?.MessageAttributes ?? {}).sort(), ['trace.hop', 'trace.id']);
    });

    it('carry the X-Amzn-Trace-Id of the call that sent them, unless they have a trace header of their own', async () => {
      const QueueUrl = await createQueue();
      const headers = {
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.SendMessageBatch',
        'x-amzn-trace-id': 'Root=1-call',
      };
      const own = { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-own' } };
      const Entries = [
        { Id: 'a', MessageBody: 'a' },
        { Id: 'b', MessageBody: 'b', MessageSystemAttributes: own },
      ];
      await fetch(edge.url, { method: 'POST', headers, body: JSON.stringify({ QueueUrl, Entries }) });
      const messages = await receive(QueueUrl, {
        MessageSystemAttributeNames: ['AWSTraceHeader'],
        MaxNumberOfMessages: 10,
      });
      assert.deepEqual(
        new Map(messages.map(({ Body, Attributes }) => [Body, Attributes?.AWSTraceHeader])),
        new Map([
          ['a', 'Root=1-call'],
          ['b', 'Root=1-own'],
        ]),
      );
    });

    it('come back after their visibility timeout, counted', async () => {
      const QueueUrl = await createQueue({ VisibilityTimeout: '30' });
      await send(QueueUrl, 'again');
      assert.deepEqual(await bodies(QueueUrl), ['again']);
      await clock.advance(29_999);
      assert.deepEqual(await bodies(QueueUrl), []);
      assert.equal((await attributesOf(QueueUrl)).ApproximateNumberOfMessagesNotVisible, '1');
      await clock.advance(1);
      const [message] = await receive(QueueUrl, { MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
      assert.deepEqual(message?.Attributes, { ApproximateReceiveCount: '2' });
    });

    it('are hidden for longer, or come back at once, when a consumer says so', async () => {
      const QueueUrl = await createQueue({ VisibilityTimeout: '30' });
      await send(QueueUrl, 'm');
      const [message] = await receive(QueueUrl);
      const change = (VisibilityTimeout: number) =>
        client.send(
          new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout }),
        );
      await change(100);
      await clock.advance(99_000);
      assert.deepEqual(await bodies(QueueUrl), []);
      await change(0);
      assert.deepEqual(await bodies(QueueUrl), ['m']);
      await assert.rejects(
        change(10),
        /not available for visibility timeout change/,
        'the handle of an earlier receive',
      );
    });

    it('are deleted by the handle of their last receive, even after the visibility timeout', async () => {
      const QueueUrl = await createQueue({ VisibilityTimeout: '1' });
      await send(QueueUrl, 'm');
      const [first] = await receive(QueueUrl);
      await clock.advance(1000);
      const [second] = await receive(QueueUrl);
      const remove = (message: Message | undefined) =>
        client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
      await remove(first);
      await clock.advance(1000);
      assert.equal((await attributesOf(QueueUrl)).ApproximateNumberOfMessages, '1');
      await remove(second);
      assert.deepEqual(await receive(QueueUrl), []);
      await remove(second);
      const other = await createQueue();
      await send(other, 'x');
      const [elsewhere] = await receive(other);
      for (const ReceiptHandle of [elsewhere?.ReceiptHandle, btoa('no handle')]) {
        await assert.rejects(client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })), {
          name: 'ReceiptHandleIsInvalid',
        });
      }
      await assert.rejects(client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'nonsense' })), {
        name: 'ReceiptHandleIsInvalid',
      });
    });

    it('are delayed by the queue or by their sender', async () => {
      const QueueUrl = await createQueue({ DelaySeconds: '5', VisibilityTimeout: '600' });
      await send(QueueUrl, 'by queue');
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'by sender', DelaySeconds: 60 }));
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'now', DelaySeconds: 0 }));
      assert.deepEqual(await bodies(QueueUrl), ['now']);
      assert.equal((await attributesOf(QueueUrl)).ApproximateNumberOfMessagesDelayed, '2');
      await clock.advance(5000);
      assert.deepEqual(await bodies(QueueUrl, { MaxNumberOfMessages: 10 }), ['by queue']);
      await clock.advance(55_000);
      assert.deepEqual(await bodies(QueueUrl), ['by sender']);
    });

    it('end a long poll when they arrive', async () => {
      const QueueUrl = await createQueue();
      const waiting = bodies(QueueUrl, { WaitTimeSeconds: 20, MaxNumberOfMessages: 10 });
      await arrived();
      await client.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: ['a', 'b', 'c'].map((MessageBody, index) => ({ Id: String(index), MessageBody })),
        }),
      );
      assert.deepEqual(await waiting, ['a', 'b', 'c']);
    });

    it('go to one of several that wait, and the others go on waiting', async () => {
      const QueueUrl = await createQueue();
      const waiting = [1, 2].map(() => bodies(QueueUrl, { WaitTimeSeconds: 20 }));
      await arrived();
      await send(QueueUrl, 'one');
      assert.deepEqual(await Promise.race(waiting), ['one']);
      await send(QueueUrl, 'two');
      assert.deepEqual((await Promise.all(waiting)).flat().sort(), ['one', 'two']);
    });

    it('let a long poll end with nothing', async () => {
      const QueueUrl = await createQueue();
      let ended: unknown;
      const waiting = bodies(QueueUrl, { WaitTimeSeconds: 20 }).then((received) => {
        ended = received;
      });
      // The call may still be on its way over the socket when the clock moves.
      while (ended === undefined) await clock.advance(20_000);
      await waiting;
      assert.deepEqual(ended, []);
    });

    it('are dropped after the retention period', async () => {
      const QueueUrl = await createQueue({ MessageRetentionPeriod: '60' });
      await send(QueueUrl, 'old');
      await clock.advance(59_000);
      assert.equal((await attributesOf(QueueUrl)).ApproximateNumberOfMessages, '1');
      await clock.advance(1000);
      assert.deepEqual(await receive(QueueUrl), []);
      assert.equal((await attributesOf(QueueUrl)).ApproximateNumberOfMessages, '0');
    });

    it('are refused when they are empty, too large, of wrong characters or delayed too long', async () => {
      const QueueUrl = await createQueue({ MaximumMessageSize: '1024' });
      for (const [input, name] of [
        [{ MessageBody: '' }, /MissingParameter|MissingRequiredParameter/],
        [{ MessageBody: 'x'.repeat(1025) }, /InvalidParameterValue/],
        [{ MessageBody: '\u0001' }, /InvalidMessageContents/],
        [{ MessageBody: 'x', DelaySeconds: 901 }, /InvalidParameterValue/],
        [
          { MessageBody: 'x', MessageAttributes: { a: { DataType: 'Text', StringValue: '1' } } },
          /InvalidParameterValue/,
        ],
        [
          { MessageBody: 'x', MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
          /InvalidParameterValue/,
        ],
      ] as const) {
        await assert.rejects(client.send(new SendMessageCommand({ QueueUrl, ...input })), { name });
      }
      await send(QueueUrl, 'x'.repeat(1024));
    });
  });

  describe('batches', () => {
    it('succeed and fail entry by entry', async () => {
      const QueueUrl = await createQueue();
      const { Successful, Failed } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: [
            { Id: 'good', MessageBody: 'x' },
            { Id: 'bad', MessageBody: '\u0000' },
          ],
        }),
      );
      assert.deepEqual(
        Successful?.map(({ Id }) => Id),
        ['good'],
      );
      assert.deepEqual(
        Failed?.map(({ Id, Code, SenderFault }) => ({ Id, Code, SenderFault })),
        [{ Id: 'bad', Code: 'InvalidMessageContents', SenderFault: true }],
      );
      const [message] = await receive(QueueUrl);
      const deleted = await client.send(
        new DeleteMessageBatchCommand({
          QueueUrl,
          Entries: [
            { Id: '1', ReceiptHandle: message?.ReceiptHandle },
            { Id: '2', ReceiptHandle: 'nonsense' },
          ],
        }),
      );
      assert.deepEqual(deleted.Successful, [{ Id: '1' }]);
      assert.equal(deleted.Failed?.[0]?.Code, 'ReceiptHandleIsInvalid');
    });

    it('hold one to ten entries with ids of their own', async () => {
      const QueueUrl = await createQueue();
      const batch = (ids: string[], MessageBody = 'x') =>
        client.send(new SendMessageBatchCommand({ QueueUrl, Entries: ids.map((Id) => ({ Id, MessageBody })) }));
      await assert.rejects(batch([]), { name: 'EmptyBatchRequest' });
      await assert.rejects(batch(Array.from({ length: 11 }, (_, id) => String(id))), {
        name: 'TooManyEntriesInBatchRequest',
      });
      await assert.rejects(batch(['a', 'a']), { name: 'BatchEntryIdsNotDistinct' });
      await assert.rejects(batch(['a b']), { name: 'InvalidBatchEntryId' });
      await assert.rejects(batch(['a', 'b'], 'x'.repeat(600_000)), { name: 'BatchRequestTooLong' });
    });
  });

  describe('FIFO queues', () => {
    const fifo = { FifoQueue: 'true', ContentBasedDeduplication: 'true', VisibilityTimeout: '30' };
    const sendTo = (QueueUrl: string, MessageGroupId: string, MessageBody: string) =>
      client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId }));

    it('keep the order of a group and hold it back while some of it is in flight', async () => {
      const QueueUrl = await createQueue(fifo);
      for (const body of ['a1', 'a2', 'a3']) await sendTo(QueueUrl, 'a', body);
      await sendTo(QueueUrl, 'b', 'b1');
      const first = await receive(QueueUrl, { MaxNumberOfMessages: 2 });
      assert.deepEqual(
        first.map(({ Body }) => Body),
        ['a1', 'a2'],
      );
      assert.deepEqual(await bodies(QueueUrl, { MaxNumberOfMessages: 10 }), ['b1']);
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first[0]?.ReceiptHandle }));
      assert.deepEqual(await bodies(QueueUrl, { MaxNumberOfMessages: 10 }), []);
      await clock.advance(30_000);
      assert.deepEqual(await bodies(QueueUrl, { MaxNumberOfMessages: 10 }), ['a2', 'a3', 'b1'].toSorted());
    });

    it('put messages that were not deleted back in their old order', async () => {
      const QueueUrl = await createQueue(fifo);
      for (const body of ['1', '2', '3', '4']) await sendTo(QueueUrl, 'g', body);
      assert.deepEqual(await bodies(QueueUrl, { MaxNumberOfMessages: 3 }), ['1', '2', '3']);
      await clock.advance(30_000);
      assert.deepEqual(await bodies(QueueUrl, { MaxNumberOfMessages: 10 }), ['1', '2', '3', '4']);
    });

    it('drop what was sent before within five minutes', async () => {
      const QueueUrl = await createQueue(fifo);
      const first = await sendTo(QueueUrl, 'g', 'same');
      const again = await sendTo(QueueUrl, 'g', 'same');
      assert.equal(again.MessageId, first.MessageId);
      assert.equal(again.SequenceNumber, first.SequenceNumber);
      await clock.advance(5 * 60_000);
      const later = await sendTo(QueueUrl, 'g', 'same');
      assert.notEqual(later.MessageId, first.MessageId);
      assert.deepEqual(await bodies(QueueUrl, { MaxNumberOfMessages: 10 }), ['same', 'same']);
    });

    it('tell duplicates within a group where their scope says so', async () => {
      const input = { MessageBody: 'x', MessageDeduplicationId: 'd' };
      for (const [attributes, expected] of [
        [{}, 1],
        [{ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' }, 2],
      ] as const) {
        const QueueUrl = await createQueue({ ...fifo, ...attributes });
        for (const MessageGroupId of ['a', 'b', 'a']) {
          await client.send(new SendMessageCommand({ ...input, QueueUrl, MessageGroupId }));
        }
        assert.equal((await bodies(QueueUrl, { MaxNumberOfMessages: 10 })).length, expected);
      }
    });

    it('take ids of visible ASCII characters only, and share deduplication with no standard queue', async () => {
      const QueueUrl = await createQueue(fifo);
      for (const id of ['a b', 'é', 'x'.repeat(129)]) {
        await assert.rejects(sendTo(QueueUrl, id, 'x'), {
          name: 'InvalidParameterValue',
          message: `Value ${id} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
        });
        const input = { QueueUrl, MessageBody: 'x', MessageGroupId: 'g', MessageDeduplicationId: id };
        await assert.rejects(client.send(new SendMessageCommand(input)), /parameter MessageDeduplicationId is invalid/);
      }
      await sendTo(QueueUrl, `~!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}`, 'x');

      const standard = await createQueue();
      await sendTo(standard, 'tenant', 'x');
      const input = { QueueUrl: standard, MessageBody: 'x', MessageDeduplicationId: 'd' };
      await assert.rejects(client.send(new SendMessageCommand(input)), {
        name: 'InvalidParameterValue',
        message:
          'Value d for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not valid for this queue type.',
      });
    });

    it('want a group and a way to tell duplicates', async () => {
      const QueueUrl = await createQueue({ FifoQueue: 'true' });
      await assert.rejects(send(QueueUrl, 'x'), { message: /MessageGroupId/ });
      await assert.rejects(sendTo(QueueUrl, 'g', 'x'), { message: /ContentBasedDeduplication/ });
      await assert.rejects(
        client.send(new CreateQueueCommand({ QueueName: 'no-suffix', Attributes: { FifoQueue: 'true' } })),
        { message: /\.fifo/ },
      );
    });
  });

  describe('dead letters', () => {
    async function withDeadLetters(maxReceiveCount: number) {
      const deadLetters = await createQueue();
      const deadLetterTargetArn = await arnOf(deadLetters);
      const source = await createQueue({
        VisibilityTimeout: '1',
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }),
      });
      return { deadLetters, source };
    }
    async function giveUp(source: string, receives: number): Promise<void> {
      for (let n = 0; n < receives; n += 1) {
        assert.equal((await receive(source, { MaxNumberOfMessages: 10 })).length > 0, true);
        await clock.advance(1000);
      }
      assert.deepEqual(await receive(source), []);
    }

    it('move to their queue at the receive after the last allowed one', async () => {
      const { deadLetters, source } = await withDeadLetters(2);
      await send(source, 'poison');
      await giveUp(source, 2);
      const [message] = await receive(deadLetters, { MessageSystemAttributeNames: ['All'] });
      assert.equal(message?.Body, 'poison');
      assert.equal(message?.Attributes?.DeadLetterQueueSourceArn, await arnOf(source));
      const { queueUrls } = await client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: deadLetters }));
      assert.deepEqual(queueUrls, [source]);
    });

    it('go back to where they came from with a move task', async () => {
      const { deadLetters, source } = await withDeadLetters(1);
      await send(source, 'one');
      await send(source, 'two');
      await giveUp(source, 1);
      const SourceArn = await arnOf(deadLetters);
      await client.send(new StartMessageMoveTaskCommand({ SourceArn }));
      await assert.rejects(client.send(new StartMessageMoveTaskCommand({ SourceArn })), {
        name: 'InvalidParameterValue',
      });
      await clock.advance(0);
      const { Results } = await client.send(new ListMessageMoveTasksCommand({ SourceArn }));
      assert.equal(Results?.[0]?.Status, 'COMPLETED');
      assert.equal(Results?.[0]?.ApproximateNumberOfMessagesMoved, 2);
      assert.deepEqual((await bodies(source, { MaxNumberOfMessages: 10 })).toSorted(), ['one', 'two']);
    });

    it('move as fast as the task may', async () => {
      const { deadLetters, source } = await withDeadLetters(1);
      for (const body of ['1', '2', '3']) await send(source, body);
      await giveUp(source, 1);
      const SourceArn = await arnOf(deadLetters);
      const input = { SourceArn, DestinationArn: await arnOf(source), MaxNumberOfMessagesPerSecond: 2 };
      await client.send(new StartMessageMoveTaskCommand(input));
      await clock.advance(0);
      const task = async () => (await client.send(new ListMessageMoveTasksCommand({ SourceArn }))).Results?.[0];
      assert.deepEqual([(await task())?.Status, (await task())?.ApproximateNumberOfMessagesMoved], ['RUNNING', 2]);
      await clock.advance(1000);
      assert.deepEqual([(await task())?.Status, (await task())?.ApproximateNumberOfMessagesMoved], ['COMPLETED', 3]);
    });

    it('stay where they are when their source is unknown', async () => {
      const { deadLetters } = await withDeadLetters(1);
      for (const body of ['1', '2', '3']) await send(deadLetters, body);
      const SourceArn = await arnOf(deadLetters);
      await client.send(new StartMessageMoveTaskCommand({ SourceArn }));
      await clock.advance(0);
      const { Results } = await client.send(new ListMessageMoveTasksCommand({ SourceArn }));
      assert.equal(Results?.[0]?.Status, 'FAILED');
      assert.equal(Results?.[0]?.FailureReason, 'CouldNotDetermineMessageSource');
      assert.deepEqual((await bodies(deadLetters, { MaxNumberOfMessages: 10 })).toSorted(), ['1', '2', '3']);
    });

    it('stay where they are once their task is cancelled', async () => {
      const { deadLetters, source } = await withDeadLetters(1);
      for (const body of ['1', '2']) await send(source, body);
      await giveUp(source, 1);
      const SourceArn = await arnOf(deadLetters);
      const input = { SourceArn, MaxNumberOfMessagesPerSecond: 1 };
      const { TaskHandle } = await client.send(new StartMessageMoveTaskCommand(input));
      await clock.advance(0);
      const cancel = (handle = '') => client.send(new CancelMessageMoveTaskCommand({ TaskHandle: handle }));
      assert.equal((await cancel(TaskHandle)).ApproximateNumberOfMessagesMoved, 1);
      await clock.advance(1000);
      assert.equal((await bodies(source, { MaxNumberOfMessages: 10 })).length, 1);
      assert.equal((await bodies(deadLetters, { MaxNumberOfMessages: 10 })).length, 1);
      await assert.rejects(cancel(TaskHandle), { name: 'UnsupportedOperation' });
      await assert.rejects(cancel('unknown'), /Value for parameter TaskHandle is invalid/);
    });

    it('only move from a queue that is one for dead letters', async () => {
      const SourceArn = await arnOf(await createQueue());
      await assert.rejects(client.send(new StartMessageMoveTaskCommand({ SourceArn })), {
        message: 'Source queue must be configured as a Dead Letter Queue.',
      });
    });

    it('only go where they are allowed', async () => {
      const closed = await createQueue({ RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'denyAll' }) });
      for (const [deadLetterTargetArn, message] of [
        [await arnOf(closed), /does not allow this source queue/],
        ['arn:aws:sqs:us-east-1:000000000000:nothing', /Dead letter target does not exist/],
      ] as const) {
        const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 });
        await assert.rejects(createQueue({ RedrivePolicy }), { message });
      }
    });
  });

  it('answers nonsense with a 4xx that says what is wrong', async () => {
    const QueueUrl = await createQueue();
    for (const [action, body] of [
      ['SendMessage', '{'],
      ['SendMessage', '[]'],
      ['SendMessage', '{}'],
      ['SendMessage', JSON.stringify({ QueueUrl, MessageBody: 5 })],
      ['SendMessage', JSON.stringify({ QueueUrl, MessageBody: 'x', MessageAttributes: { a: {} } })],
      ['SendMessageBatch', JSON.stringify({ QueueUrl, Entries: [{ Id: '1' }] })],
      ['ReceiveMessage', JSON.stringify({ QueueUrl, MaxNumberOfMessages: 11 })],
      ['ReceiveMessage', JSON.stringify({ QueueUrl: 'http://[' })],
      ['CreateQueue', JSON.stringify({ QueueName: 'a b' })],
      ['SetQueueAttributes', JSON.stringify({ QueueUrl, Attributes: { Nonsense: '1' } })],
      ['GetQueueAttributes', JSON.stringify({ QueueUrl, AttributeNames: ['Nonsense'] })],
      ['Nonsense', '{}'],
      ['constructor', '{}'],
    ] as const) {
      const response = await fetch(edge.url, {
        method: 'POST',
        body,
        headers: { 'x-amz-target': `AmazonSQS.${action}`, 'content-type': 'application/x-amz-json-1.0' },
      });
      const text = await response.text();
      assert.equal(response.status, 400, `${action} ${body}: ${text}`);
      assert.match(text, /"__type":"com\.amazonaws\.sqs#\w+"/);
      assert.match(response.headers.get('x-amzn-query-error') ?? '', /^[\w.]+;Sender$/);
    }
  });

  /** Gives a call time to get through the socket; nothing goes wrong when it takes longer. */
  async function arrived(): Promise<void> {
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
});
