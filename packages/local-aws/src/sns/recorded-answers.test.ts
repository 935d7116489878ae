import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  type MessageAttributeValue,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ManualClock } from '../core/clock.ts';
import { type InProcessServices, startInProcessServices } from '../edge/in-process-services.fixture.ts';

// What AWS answered when LocalStack recorded it: tests/aws/services/sns/*.snapshot.json of its repository. The names of
// its tests stand at the expectations.
describe('SNS answers as it was recorded on AWS', () => {
  const undelivered: unknown[] = [];
  let edge: InProcessServices;
  let client: SNSClient;
  let queues: SQSClient;
  let count = 0;

  before(async () => {
    edge = await startInProcessServices({ clock: new ManualClock(), onUndelivered: (text) => undelivered.push(text) });
    client = new SNSClient(edge.clientConfig);
    queues = new SQSClient(edge.clientConfig);
  });
  after(async () => {
    client.destroy();
    queues.destroy();
    await edge.close();
  });

  const createTopic = async (Attributes: Record<string, string> = {}): Promise<string> => {
    count += 1;
    const Name = `topic-${count}${Attributes.FifoTopic === 'true' ? '.fifo' : ''}`;
    return (await client.send(new CreateTopicCommand({ Name, Attributes }))).TopicArn ?? '';
  };
  const createQueue = async (Attributes: Record<string, string> = {}) => {
    count += 1;
    const QueueName = `queue-${count}${Attributes.FifoQueue === 'true' ? '.fifo' : ''}`;
    const { QueueUrl = '' } = await queues.send(new CreateQueueCommand({ QueueName, Attributes }));
    const described = await queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    return { url: QueueUrl, arn: described.Attributes?.QueueArn ?? '' };
  };
  const receive = async ({ url }: { url: string }) => {
    const names = { MessageSystemAttributeNames: ['All' as const], MessageAttributeNames: ['All'] };
    const command = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, ...names });
    return (await queues.send(command)).Messages ?? [];
  };
  const subscribe = async (TopicArn: string, Endpoint: string, Attributes: Record<string, string> = {}) =>
    (await client.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }))).SubscriptionArn;
  const set = (SubscriptionArn: string | undefined, AttributeName: string, AttributeValue: string) =>
    client.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
  const describeSubscription = async (SubscriptionArn: string | undefined) =>
    (await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes ?? {};
  const saying = (message: string) => ({ name: 'InvalidParameterException', message: `Invalid parameter: ${message}` });

  describe('a message to a queue', () => {
    const attributes = {
      attr1: { DataType: 'Number', StringValue: '111' },
      attr2: { DataType: 'Binary', BinaryValue: Uint8Array.of(2, 3, 4) },
    };

    // test_redrive_policy_sqs_queue_subscription
    it('goes to the dead-letter queue as it would have gone to the queue that is gone', async () => {
      const TopicArn = await createTopic();
      const deadLetters = await createQueue();
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters.arn });
      for (const [name, RawMessageDelivery] of [
        ['raw', 'true'],
        ['wrapped', 'false'],
      ] as const) {
        const Endpoint = `arn:aws:sqs:us-east-1:000000000000:gone-${name}`;
        await subscribe(TopicArn, Endpoint, { RawMessageDelivery, RedrivePolicy });
      }
      await client.send(new PublishCommand({ TopicArn, Message: 'lost', MessageAttributes: attributes }));
      const [raw, wrapped] = await receive(deadLetters);
      assert.equal(raw?.Body, 'lost');
      assert.deepEqual(raw?.MessageAttributes, attributes);
      assert.equal(wrapped?.MessageAttributes, undefined);
      assert.deepEqual(JSON.parse(wrapped?.Body ?? '').MessageAttributes, {
        attr1: { Type: 'Number', Value: '111' },
        attr2: { Type: 'Binary', Value: 'AgME' },
      });
    });

    it('is given up when the queue refuses it: too large for it, or raw with more than ten attributes', async () => {
      const TopicArn = await createTopic();
      const small = await createQueue({ MaximumMessageSize: '1024' });
      const raw = await createQueue();
      const deadLetters = await createQueue();
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters.arn });
      await subscribe(TopicArn, small.arn, { RedrivePolicy });
      await subscribe(TopicArn, raw.arn, { RawMessageDelivery: 'true', RedrivePolicy });
      const eleven = Object.fromEntries(
        Array.from({ length: 11 }, (_, index) => [`a${index}`, { DataType: 'String', StringValue: 'x' }]),
      );
      await client.send(new PublishCommand({ TopicArn, Message: 'many', MessageAttributes: eleven }));
      await client.send(new PublishCommand({ TopicArn, Message: 'large'.repeat(300) }));
      const messages = async (queue: { url: string }) =>
        (await receive(queue)).map(({ Body }) => JSON.parse(Body ?? '').Message);
      assert.deepEqual(await messages(small), ['many']);
      assert.deepEqual(
        (await receive(raw)).map(({ Body }) => Body),
        ['large'.repeat(300)],
      );
      assert.deepEqual(await messages(deadLetters), ['large'.repeat(300)]);
      assert.match(String(undelivered.shift()), /could not deliver to sqs .*Number of message attributes \[11\]/);
    });

    // test_message_to_fifo_sqs, test_publish_fifo_messages_to_dlq
    it('of a FIFO topic has no signature, and keeps its group and deduplication id', async () => {
      const TopicArn = await createTopic({ FifoTopic: 'true' });
      const queue = await createQueue({ FifoQueue: 'true' });
      await subscribe(TopicArn, queue.arn);
      const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
      await client.send(new PublishCommand({ TopicArn, Message: 'Test', ...ids }));
      const [message] = await receive(queue);
      assert.equal(message?.Attributes?.MessageGroupId, 'g');
      assert.equal(message?.Attributes?.MessageDeduplicationId, 'd');
      assert.deepEqual(Object.keys(JSON.parse(message?.Body ?? '')), [
        'Type',
        'MessageId',
        'SequenceNumber',
        'TopicArn',
        'Message',
        'Timestamp',
        'UnsubscribeURL',
      ]);
    });
  });

  // test_empty_or_wrong_message_attributes, test_message_attributes_prefixes
  it('refuses message attributes, and a batch with one of them as a whole', async () => {
    const TopicArn = await createTopic();
    const text = { DataType: 'String', StringValue: 'x' };
    const bytes = Uint8Array.of(1);
    const wrongType =
      "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.";
    const cases: readonly [string, MessageAttributeValue, string][] = [
      [
        'a',
        { DataType: 'String' },
        "The message attribute 'a' must contain non-empty message attribute value for message attribute type 'String'.",
      ],
      [
        'a',
        { DataType: 'String', BinaryValue: bytes },
        "The message attribute 'a' with type 'String' must use field 'String'.",
      ],
      [
        'a',
        { DataType: 'Number', BinaryValue: bytes },
        "The message attribute 'a' with type 'Number' must use field 'String'.",
      ],
      [
        'a',
        { DataType: 'Binary', StringValue: 'x' },
        "The message attribute 'a' with type 'Binary' must use field 'Binary'.",
      ],
      ['a', { DataType: 'String.', StringValue: 'x' }, wrongType],
      ['a', { DataType: 'Stringprefixed', StringValue: 'x' }, wrongType],
      ['a'.repeat(257), text, 'Length of message attribute name must be less than 256 bytes.'],
      [
        'a^*?',
        text,
        "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
      ],
      ['.abc', text, "Invalid message attribute name starting with character '.' was found."],
      ['abc.', text, "Invalid message attribute name ending with character '.' was found."],
      ['a..bc', text, "Message attribute name can not have successive '.' character."],
    ];
    for (const [name, value, message] of cases) {
      const MessageAttributes = { [name]: value };
      const refusal = { name: 'InvalidParameterValueException', message };
      await assert.rejects(client.send(new PublishCommand({ TopicArn, Message: 'm', MessageAttributes })), refusal);
      const PublishBatchRequestEntries = [
        { Id: '1', Message: 'm', MessageAttributes },
        { Id: '3', Message: 'valid' },
      ];
      await assert.rejects(client.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries })), refusal);
    }
    const MessageAttributes = { a: { DataType: 'String.  prefixed.', StringValue: 'x' } };
    await client.send(new PublishCommand({ TopicArn, Message: 'm', MessageAttributes }));
  });

  // test_publish_batch_exceptions, test_publish_batch_invalid_entry_id
  it('refuses batches', async () => {
    const TopicArn = await createTopic({ FifoTopic: 'true' });
    const publish = (PublishBatchRequestEntries: { Id: string; Message: string; MessageGroupId?: string }[]) =>
      client.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
    const one = (Id: string) => [{ Id, Message: 'm' }];
    await assert.rejects(publish(one('1')), saying('The MessageGroupId parameter is required for FIFO topics'));
    await assert.rejects(publish([{ Id: '1', Message: 'm', MessageGroupId: 'g' }]), {
      message: /^Invalid parameter: The topic should either have ContentBasedDeduplication enabled/,
    });
    await assert.rejects(publish(Array.from({ length: 11 }, (_, index) => ({ Id: `${index}`, Message: 'm' }))), {
      message: 'The batch request contains more entries than permissible.',
    });
    await assert.rejects(publish([...one('1'), ...one('1')]), {
      message: 'Two or more batch entries in the request have the same Id.',
    });
    await assert.rejects(publish(one('message.id')), {
      message: 'The Id of a batch entry in the batch request contains an impermissible character: message.id',
    });
    await assert.rejects(publish(one('a'.repeat(81))), { message: /request is too long: a{81}$/ });
  });

  describe('attributes of a subscription', () => {
    // test_validate_set_sub_attributes, test_create_subscriptions_with_attributes, test_validate_policy
    it('are refused in words that depend on the call', async () => {
      const TopicArn = await createTopic();
      const { arn } = await createQueue();
      const subscription = await subscribe(TopicArn, arn);
      for (const [name, value, problem] of [
        ['RawMessageDelivery', 'test-ValUe', 'RawMessageDelivery: Invalid value [test-ValUe]. Must be true or false.'],
        ['RawMessageDelivery', '', 'RawMessageDelivery: Invalid value []. Must be true or false.'],
        ['RedrivePolicy', '{"deadLetterTargetArn":"fake-arn"}', 'RedrivePolicy: deadLetterTargetArn is an invalid arn'],
        ['RedrivePolicy', '{invalidjson}', 'RedrivePolicy: failed to parse JSON.'],
        ['FilterPolicy', '{invalidjson}', 'FilterPolicy: failed to parse JSON.'],
        ['FilterPolicy', '{"k":[["v"]]}', 'FilterPolicy: Match value must be String, number, true, false, or null'],
        ['FilterPolicy', '{"k":[{"wrong-operator":true}]}', 'FilterPolicy: Unrecognized match type wrong-operator'],
        [
          'FilterPolicy',
          '{"k":[{"suffix":"a","prefix":"b"}]}',
          'FilterPolicy: Only one key allowed in match expression',
        ],
        ['FilterPolicy', '{"k":[]}', 'FilterPolicy: Empty arrays are not allowed'],
        ['FilterPolicy', '{"k":"v"}', 'FilterPolicy: "k" must be an object or an array'],
        ['FilterPolicy', '{"k":[{"suffix":100}]}', 'FilterPolicy: suffix match pattern must be a string'],
        ['FilterPolicy', '{"k":[{"exists":"no"}]}', 'FilterPolicy: exists match pattern must be either true or false.'],
        [
          'FilterPolicy',
          '{"k":[{"anything-but":{"suffix":"x"}}]}',
          'FilterPolicy: Unsupported anything-but pattern: suffix',
        ],
        [
          'FilterPolicy',
          '{"k":[{"anything-but":{"exists":false}}]}',
          'FilterPolicy: Unsupported anything-but pattern: exists',
        ],
        ['FilterPolicy', '{"k":[{"numeric":["=","000"]}]}', 'FilterPolicy: Value of = must be numeric'],
        ['FilterPolicy', '{"k":[{"numeric":[">=",1,">",2]}]}', 'FilterPolicy: Bad numeric range operator: >'],
        ['FilterPolicy', '{"k":[{"numeric":[">",3,"<",1]}]}', 'FilterPolicy: Bottom must be less than top'],
      ] as const) {
        await assert.rejects(set(subscription, name, value), saying(problem));
        const other = (await createQueue()).arn;
        await assert.rejects(subscribe(TopicArn, other, { [name]: value }), saying(`Attributes Reason: ${problem}`));
      }
    });

    // test_subscribe_idempotency, test_set_subscription_filter_policy_scope
    it('are shown with defaults, and the scope of filters only beside a filter', async () => {
      const TopicArn = await createTopic();
      const { arn } = await createQueue();
      const subscription = await subscribe(TopicArn, arn, { RawMessageDelivery: 'True' });
      assert.equal((await describeSubscription(subscription)).RawMessageDelivery, 'true');
      // test_create_subscriptions_with_attributes
      const unfiltered = await subscribe(TopicArn, (await createQueue()).arn, {
        FilterPolicyScope: 'MessageBody',
        FilterPolicy: '',
      });
      assert.equal((await describeSubscription(unfiltered)).FilterPolicy, undefined);
      const again = await subscribe(TopicArn, arn, { FilterPolicyScope: 'MessageAttributes' });
      assert.equal(again, subscription);
      await set(subscription, 'FilterPolicyScope', 'MessageBody');
      const before = await describeSubscription(subscription);
      assert.equal(before.FilterPolicyScope, undefined);
      assert.equal(before.SubscriptionPrincipal, 'arn:aws:iam::000000000000:root');
      await set(subscription, 'FilterPolicy', '{"a":["b"]}');
      assert.equal((await describeSubscription(subscription)).FilterPolicyScope, 'MessageBody');
    });

    // test_validations_for_fifo
    it('name a FIFO dead-letter queue for a FIFO queue', async () => {
      const TopicArn = await createTopic({ FifoTopic: 'true' });
      const standard = await createQueue();
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: (await createQueue()).arn });
      await set(await subscribe(TopicArn, standard.arn), 'RedrivePolicy', RedrivePolicy);
      const subscription = await subscribe(TopicArn, (await createQueue({ FifoQueue: 'true' })).arn);
      await assert.rejects(
        set(subscription, 'RedrivePolicy', RedrivePolicy),
        saying('RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.'),
      );
    });
  });

  // test_publish_sqs_from_sns_with_xray_propagation
  it('hand the trace header of the publisher on to queues', async () => {
    const TopicArn = await createTopic();
    const { arn, url } = await createQueue();
    await subscribe(TopicArn, arn);
    const header = 'Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1';
    await fetch(edge.url, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sns/aws4_request, Signature=x',
        'x-amzn-trace-id': header,
      },
      body: new URLSearchParams({ Action: 'Publish', Version: '2010-03-31', TopicArn, Message: 'traced' }),
    });
    const request = { QueueUrl: url, MessageSystemAttributeNames: ['AWSTraceHeader' as const] };
    const { Messages: [message] = [] } = await queues.send(new ReceiveMessageCommand(request));
    assert.equal(message?.Attributes?.AWSTraceHeader, header);
  });

  it('refuses ARNs, names, tags and tokens', async () => {
    const TopicArn = await createTopic();
    // test_publish_wrong_arn_format, test_subscribe_with_invalid_topic, test_create_topic_with_attributes
    for (const [arn, elements] of [
      ['randomstring', 1],
      ['arn:aws:sns:us-east-1:random', 5],
    ] as const) {
      const problem = saying(`TopicArn Reason: An ARN must have at least 6 elements, not ${elements}`);
      await assert.rejects(client.send(new PublishCommand({ TopicArn: arn, Message: 'm' })), problem);
      await assert.rejects(client.send(new GetTopicAttributesCommand({ TopicArn: arn })), problem);
      await assert.rejects(subscribe(arn, 'arn:aws:sqs:us-east-1:000000000000:q'), problem);
      // test_unsubscribe_wrong_arn_format
      await assert.rejects(
        client.send(new UnsubscribeCommand({ SubscriptionArn: arn })),
        saying(`SubscriptionArn Reason: An ARN must have at least 6 elements, not ${elements}`),
      );
    }
    const unsubscribe = new UnsubscribeCommand({ SubscriptionArn: 'arn:aws:sns:us-east-1:111111111111:random' });
    await assert.rejects(client.send(unsubscribe), saying('SubscriptionId'));
    // test_subscribe_sqs_queue_url
    await assert.rejects(subscribe(TopicArn, (await createQueue()).url), saying('SQS endpoint ARN'));
    // test_sns_confirm_subscription_wrong_token
    const confirm = new ConfirmSubscriptionCommand({ TopicArn: `${TopicArn}x`, Token: '51b2ff3edb475b7d' });
    await assert.rejects(client.send(confirm), saying('Token'));
    // test_create_topic_name_constraints, test_create_topic_different_attrs
    await assert.rejects(client.send(new CreateTopicCommand({ Name: 'a b' })), saying('Topic Name'));
    const fifo = { Name: 'no-suffix', Attributes: { FifoTopic: 'true' } };
    await assert.rejects(client.send(new CreateTopicCommand(fifo)), saying('Topic Name'));
    await client.send(new CreateTopicCommand({ Name: 'same' }));
    await client.send(new CreateTopicCommand({ Name: 'same', Attributes: { FifoTopic: 'false' } }));
    // test_tags
    const Tags = [
      { Key: 'k', Value: '1' },
      { Key: 'k', Value: '2' },
    ];
    await assert.rejects(
      client.send(new CreateTopicCommand({ Name: 'tags', Tags })),
      saying('Duplicated keys are not allowed.'),
    );
    await assert.rejects(
      client.send(new TagResourceCommand({ ResourceArn: TopicArn, Tags })),
      saying('Duplicated keys are not allowed.'),
    );
  });
});
