import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  type MessageAttributeValue,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AwsError } from '../core/aws-error.ts';
import { ManualClock } from '../core/clock.ts';
import type { InvokeRequest, InvokeResult } from '../core/lambda-invoker.ts';
import { type InProcessServices, startInProcessServices } from '../edge/in-process-services.fixture.ts';
import { until } from '../testing/until.ts';

const accepted: InvokeResult = {
  statusCode: 202,
  requestId: '1',
  payload: Buffer.alloc(0),
  executedVersion: '$LATEST',
  logTail: '',
};
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

describe('the SNS API', () => {
  const clock = new ManualClock();
  const invocations: InvokeRequest[] = [];
  const undelivered: unknown[] = [];
  let edge: InProcessServices;
  let client: SNSClient;
  let sqs: SQSClient;
  let count = 0;

  before(async () => {
    edge = await startInProcessServices({
      clock,
      lambda: {
        async invoke(request) {
          if (request.functionName === functionArn('gone'))
            throw new AwsError('ResourceNotFoundException', 'gone', 404);
          invocations.push(request);
          return accepted;
        },
      },
      onUndelivered: (text) => undelivered.push(text),
    });
    client = new SNSClient(edge.clientConfig);
    sqs = new SQSClient(edge.clientConfig);
  });
  after(async () => {
    client.destroy();
    sqs.destroy();
    await edge.close();
  });

  async function createTopic(Attributes: Record<string, string> = {}): Promise<string> {
    count += 1;
    const Name = `topic-${count}${Attributes.FifoTopic === undefined ? '' : '.fifo'}`;
    const { TopicArn = '' } = await client.send(new CreateTopicCommand({ Name, Attributes }));
    return TopicArn;
  }
  async function createQueue(Attributes: Record<string, string> = {}): Promise<{ url: string; arn: string }> {
    count += 1;
    const QueueName = `queue-${count}${Attributes.FifoQueue === undefined ? '' : '.fifo'}`;
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    return { url: QueueUrl, arn: `arn:aws:sqs:us-east-1:000000000000:${QueueName}` };
  }
  const subscribe = (TopicArn: string, Protocol: string, Endpoint: string, Attributes: Record<string, string> = {}) =>
    client.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true }));
  const publish = (TopicArn: string, Message: string, MessageAttributes: Record<string, MessageAttributeValue> = {}) =>
    client.send(new PublishCommand({ TopicArn, Message, MessageAttributes }));
  async function receive(url: string): Promise<Message[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages;
  }
  const bodies = async (url: string) => (await receive(url)).map(({ Body }) => Body);

  describe('topics', () => {
    it('are made once, listed, and described', async () => {
      const TopicArn = await createTopic({ DisplayName: 'Shop' });
      const again = await client.send(new CreateTopicCommand({ Name: TopicArn.split(':').at(-1) }));
      assert.equal(again.TopicArn, TopicArn);
      const { Topics } = await client.send(new ListTopicsCommand());
      assert.ok(Topics?.some((topic) => topic.TopicArn === TopicArn));
      await client.send(
        new SetTopicAttributesCommand({ TopicArn, AttributeName: 'DisplayName', AttributeValue: 'Other <shop>' }),
      );
      const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
      assert.equal(Attributes?.DisplayName, 'Other <shop>');
      assert.equal(Attributes?.SubscriptionsConfirmed, '0');
      assert.equal(Attributes?.Owner, '000000000000');
    });

    it('carry tags', async () => {
      const ResourceArn = await createTopic();
      await client.send(
        new TagResourceCommand({
          ResourceArn,
          Tags: [
            { Key: 'a', Value: '1' },
            { Key: 'b', Value: '2' },
          ],
        }),
      );
      await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }));
      const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceArn }));
      assert.deepEqual(Tags, [{ Key: 'b', Value: '2' }]);
      const again = (Value: string) =>
        client.send(new CreateTopicCommand({ Name: ResourceArn.split(':').at(-1), Tags: [{ Key: 'b', Value }] }));
      assert.equal((await again('2')).TopicArn, ResourceArn);
      await assert.rejects(again('3'), { message: /Topic already exists with different tags/ });
    });

    it('take their subscriptions with them', async () => {
      const TopicArn = await createTopic();
      const { SubscriptionArn } = await subscribe(TopicArn, 'sqs', (await createQueue()).arn);
      await client.send(new DeleteTopicCommand({ TopicArn }));
      await assert.rejects(publish(TopicArn, 'x'), { name: 'NotFoundException' });
      await assert.rejects(client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn })), {
        name: 'NotFoundException',
      });
    });
  });

  describe('queues that subscribe', () => {
    it('get an envelope', async () => {
      const TopicArn = await createTopic();
      const queue = await createQueue();
      await subscribe(TopicArn, 'sqs', queue.arn);
      const { MessageId } = await client.send(
        new PublishCommand({
          TopicArn,
          Subject: 'Hello',
          Message: '{"ünï":"🎉"}',
          MessageAttributes: { kind: { DataType: 'String', StringValue: 'new' } },
        }),
      );
      const [message] = await receive(queue.url);
      const { UnsubscribeURL, ...envelope } = JSON.parse(message?.Body ?? '{}');
      assert.deepEqual(envelope, {
        Type: 'Notification',
        MessageId,
        TopicArn,
        Subject: 'Hello',
        Message: '{"ünï":"🎉"}',
        Timestamp: new Date(clock.now()).toISOString(),
        SignatureVersion: '1',
        Signature: 'unsigned',
        SigningCertURL: 'https://sns.us-east-1.amazonaws.com/unsigned.pem',
        MessageAttributes: { kind: { Type: 'String', Value: 'new' } },
      });
      assert.equal(message?.MessageAttributes, undefined);
      assert.equal((await fetch(UnsubscribeURL)).status, 200);
      await publish(TopicArn, 'after');
      assert.deepEqual(await receive(queue.url), []);
    });

    it('get the message as it is when they ask for it', async () => {
      const TopicArn = await createTopic();
      const queue = await createQueue();
      await subscribe(TopicArn, 'sqs', queue.arn, { RawMessageDelivery: 'true' });
      await publish(TopicArn, 'raw', { n: { DataType: 'Number', StringValue: '5' } });
      const [message] = await receive(queue.url);
      assert.equal(message?.Body, 'raw');
      assert.deepEqual(message?.MessageAttributes, { n: { DataType: 'Number', StringValue: '5' } });
    });

    it('get what their filter lets through', async () => {
      const TopicArn = await createTopic();
      const queue = await createQueue();
      const { SubscriptionArn } = await subscribe(TopicArn, 'sqs', queue.arn, {
        RawMessageDelivery: 'true',
        FilterPolicy: JSON.stringify({ kind: ['new', { prefix: 'old-' }], price: [{ numeric: ['>=', 10] }] }),
      });
      const attributes = (kind: string, price: string) => ({
        kind: { DataType: 'String', StringValue: kind },
        price: { DataType: 'Number', StringValue: price },
      });
      await publish(TopicArn, 'yes', attributes('new', '10'));
      await publish(TopicArn, 'also', attributes('old-ish', '11.5'));
      await publish(TopicArn, 'cheap', attributes('new', '9'));
      await publish(TopicArn, 'nothing');
      await publish(TopicArn, 'among', {
        ...attributes('x', '20'),
        kind: { DataType: 'String.Array', StringValue: '["x","new"]' },
      });
      assert.deepEqual(await bodies(queue.url), ['yes', 'also', 'among']);

      const set = (AttributeName: string, AttributeValue: string) =>
        client.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
      await set('FilterPolicyScope', 'MessageBody');
      await set('FilterPolicy', JSON.stringify({ order: { state: ['paid'] } }));
      await publish(TopicArn, '{"order":{"state":"paid"}}');
      await publish(TopicArn, '{"order":{"state":"open"}}');
      await publish(TopicArn, 'no JSON');
      assert.deepEqual(await bodies(queue.url), ['{"order":{"state":"paid"}}']);
      await assert.rejects(set('FilterPolicy', '{"a":"b"}'), { name: 'InvalidParameterException' });
      const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      assert.equal(Attributes?.FilterPolicyScope, 'MessageBody');
      assert.equal(Attributes?.PendingConfirmation, 'false');
    });

    it('get the text that is meant for their protocol', async () => {
      const TopicArn = await createTopic();
      const queue = await createQueue();
      await subscribe(TopicArn, 'sqs', queue.arn, { RawMessageDelivery: 'true' });
      const Message = JSON.stringify({ default: 'for all', sqs: 'for queues' });
      await client.send(new PublishCommand({ TopicArn, Message, MessageStructure: 'json' }));
      assert.deepEqual(await bodies(queue.url), ['for queues']);
    });

    it('get batches', async () => {
      const TopicArn = await createTopic();
      const queue = await createQueue();
      await subscribe(TopicArn, 'sqs', queue.arn, { RawMessageDelivery: 'true' });
      const { Successful, Failed } = await client.send(
        new PublishBatchCommand({
          TopicArn,
          PublishBatchRequestEntries: [
            { Id: 'a', Message: '1', MessageAttributes: { k: { DataType: 'String', StringValue: 'v' } } },
            { Id: 'b', Message: '2' },
          ],
        }),
      );
      assert.deepEqual([Successful?.map(({ Id }) => Id), Failed], [['a', 'b'], []]);
      assert.deepEqual(await bodies(queue.url), ['1', '2']);
    });

    it('get FIFO messages in order, once', async () => {
      const TopicArn = await createTopic({ FifoTopic: 'true', ContentBasedDeduplication: 'true' });
      const queue = await createQueue({ FifoQueue: 'true' });
      await subscribe(TopicArn, 'sqs', queue.arn, { RawMessageDelivery: 'true' });
      const send = (Message: string) => client.send(new PublishCommand({ TopicArn, Message, MessageGroupId: 'g' }));
      const first = await send('1');
      await send('2');
      assert.equal((await send('1')).MessageId, first.MessageId);
      assert.match(first.SequenceNumber ?? '', /^\d{20}$/);
      const messages = await receive(queue.url);
      assert.deepEqual(
        messages.map(({ Body }) => Body),
        ['1', '2'],
      );
      assert.equal(messages[0]?.Attributes?.MessageGroupId, 'g');
      await assert.rejects(publish(TopicArn, 'x'), { name: 'InvalidParameterException', message: /MessageGroupId/ });
    });
  });

  it('hands the group of a message to queues of the same kind as the topic', async () => {
    const groupFrom = async (topic: Record<string, string>) => {
      const TopicArn = await createTopic(topic);
      const queue = await createQueue();
      await subscribe(TopicArn, 'sqs', queue.arn);
      await client.send(new PublishCommand({ TopicArn, Message: 'x', MessageGroupId: 'tenant' }));
      const [message] = await receive(queue.url);
      const { MessageGroupId, MessageDeduplicationId } = message?.Attributes ?? {};
      return [message !== undefined, MessageGroupId, MessageDeduplicationId];
    };
    assert.deepEqual(await groupFrom({}), [true, 'tenant', undefined]);
    const fifo = { FifoTopic: 'true', ContentBasedDeduplication: 'true' };
    assert.deepEqual(await groupFrom(fifo), [true, undefined, undefined]);
  });

  it('refuses ids that a topic does not take', async () => {
    const TopicArn = await createTopic();
    const fifo = await createTopic({ FifoTopic: 'true' });
    const refused = async (ids: { MessageGroupId?: string; MessageDeduplicationId?: string }, to = fifo) => {
      await assert.rejects(client.send(new PublishCommand({ TopicArn: to, Message: 'x', ...ids })), {
        name: 'InvalidParameterException',
      });
    };
    await refused({ MessageDeduplicationId: 'd' }, TopicArn);
    await refused({ MessageGroupId: 'a b' }, TopicArn);
    await refused({ MessageGroupId: 'a b', MessageDeduplicationId: 'd' });
    await refused({ MessageGroupId: 'g', MessageDeduplicationId: 'ü' });
    await refused({ MessageGroupId: 'g'.repeat(129), MessageDeduplicationId: 'd' });
  });

  it('invokes functions that subscribe, as SNS', async () => {
    const TopicArn = await createTopic();
    const { SubscriptionArn } = await subscribe(TopicArn, 'lambda', functionArn('notify'));
    const { MessageId } = await publish(TopicArn, 'hello');
    const [invocation] = invocations;
    assert.equal(invocation?.functionName, functionArn('notify'));
    assert.equal(invocation?.type, 'Event');
    assert.deepEqual(invocation?.principal, { kind: 'service', service: 'sns.amazonaws.com', sourceArn: TopicArn });
    const { Records } = JSON.parse(String(invocation?.payload));
    assert.equal(Records[0].EventSource, 'aws:sns');
    assert.equal(Records[0].EventSubscriptionArn, SubscriptionArn);
    assert.deepEqual(
      [Records[0].Sns.Message, Records[0].Sns.MessageId, Records[0].Sns.Subject, Records[0].Sns.MessageAttributes],
      ['hello', MessageId, null, {}],
    );
  });

  it('puts what cannot be delivered into the dead-letter queue of the subscription', async () => {
    const TopicArn = await createTopic();
    const deadLetters = await createQueue();
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters.arn });
    await subscribe(TopicArn, 'lambda', functionArn('gone'), { RedrivePolicy });
    await publish(TopicArn, 'lost');
    const [message] = await receive(deadLetters.url);
    assert.equal(JSON.parse(message?.Body ?? '{}').Message, 'lost');
    assert.equal(message?.MessageAttributes, undefined);
    assert.deepEqual(undelivered, []);
    await subscribe(TopicArn, 'sqs', 'arn:aws:sqs:us-east-1:000000000000:no-such-queue');
    await publish(TopicArn, 'lost');
    const note = await until('the note', () => undelivered.shift());
    assert.match(String(note), /could not deliver to sqs .*: There is no queue/);
  });

  it('writes emails into the outbox, after the subscriber has confirmed', async () => {
    const TopicArn = await createTopic();
    const pending = await client.send(
      new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' }),
    );
    assert.equal(pending.SubscriptionArn, 'pending confirmation');
    await publish(TopicArn, 'too early');
    const listed = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    assert.equal(listed.Subscriptions?.[0]?.SubscriptionArn, 'PendingConfirmation');
    const [confirmation, ...others] = edge.sns.emails();
    assert.deepEqual(others, []);
    const link = /http:\S+/.exec(confirmation?.body ?? '')?.[0] ?? '';
    assert.equal((await fetch(link)).status, 200);
    await client.send(new PublishCommand({ TopicArn, Subject: 'Alarm', Message: 'it burns' }));
    const [email] = edge.sns.emails();
    assert.deepEqual([email?.to, email?.subject, email?.body.split('\n')[0]], ['ops@example.com', 'Alarm', 'it burns']);
  });

  it('refuses a filter policy with more than 150 combinations', async () => {
    const TopicArn = await createTopic();
    const values = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);
    const filter = async (policy: object) => {
      const FilterPolicy = JSON.stringify(policy);
      await subscribe(TopicArn, 'sqs', (await createQueue()).arn, { FilterPolicy, FilterPolicyScope: 'MessageBody' });
    };
    const tooComplex = { name: 'InvalidParameterException', message: /Filter policy is too complex/ };
    await filter({ a: values(10), b: values(15) });
    await assert.rejects(filter({ a: values(10), b: values(16) }), tooComplex);
    await filter({ a: { b: values(75) } });
    await assert.rejects(filter({ a: { b: values(76) } }), tooComplex);
    await filter({ $or: [{ a: values(75) }, { b: values(75) }] });
    await assert.rejects(filter({ $or: [{ a: values(75) }, { b: values(76) }] }), tooComplex);
  });

  it('finds a subscription again unless it is asked for with other attributes', async () => {
    const TopicArn = await createTopic();
    const { arn } = await createQueue();
    const FilterPolicy = '{"kind":["new"]}';
    const again = async (attributes: Record<string, string>) =>
      (await subscribe(TopicArn, 'sqs', arn, attributes)).SubscriptionArn;
    const first = await again({ FilterPolicy });
    assert.equal(await again({}), first);
    assert.equal(await again({ RawMessageDelivery: 'false' }), first);
    assert.equal(await again({ FilterPolicy, FilterPolicyScope: 'MessageAttributes' }), first);
    await assert.rejects(again({ RawMessageDelivery: 'true' }), {
      message: /already exists with different attributes/,
    });
    await assert.rejects(again({ FilterPolicy: '{"kind":["old"]}' }), { name: 'InvalidParameterException' });
  });

  it('ends a subscription', async () => {
    const TopicArn = await createTopic();
    const { SubscriptionArn } = await subscribe(TopicArn, 'sqs', (await createQueue()).arn);
    await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    const { Subscriptions } = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    assert.deepEqual(Subscriptions, []);
  });

  it('refuses what AWS refuses, and names protocols that it does not deliver to', async () => {
    const TopicArn = await createTopic();
    const invalid = { name: 'InvalidParameterException' };
    await assert.rejects(publish(TopicArn, ''), invalid);
    await assert.rejects(publish(TopicArn, 'x'.repeat(256 * 1024 + 1)), invalid);
    await assert.rejects(client.send(new PublishCommand({ TopicArn, Message: 'x', Subject: 'ü' })), invalid);
    await assert.rejects(
      client.send(new PublishCommand({ TopicArn, Message: 'x', MessageStructure: 'json' })),
      invalid,
    );
    await assert.rejects(subscribe(TopicArn, 'sqs', 'nothing'), invalid);
    await assert.rejects(subscribe(TopicArn, 'http', 'https://example.com'), invalid);
    await assert.rejects(subscribe(TopicArn, 'sqs', 'arn:aws:sqs:::q', { Nonsense: '1' }), invalid);
    await assert.rejects(subscribe(TopicArn, 'sms', '+4912345'), { ...invalid, message: /does not deliver to sms/ });
    await assert.rejects(client.send(new CreateTopicCommand({ Name: 'a b' })), invalid);
    await assert.rejects(subscribe(TopicArn, 'sqs', 'arn:aws:sqs:us-east-1:000000000000:q.fifo'), {
      ...invalid,
      message: /FIFO SQS Queues can not be subscribed to standard SNS topics/,
    });
    await assert.rejects(subscribe(await createTopic({ FifoTopic: 'true' }), 'lambda', functionArn('f')), {
      ...invalid,
      message: 'Invalid parameter: Invalid protocol type: lambda',
    });
  });
});
