import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueueTagsCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { JsonObject } from '../core/json.ts';
import type { ResourceContext, ResourceType } from '../core/resource-type.ts';
import { type InProcessServices, startInProcessServices } from '../edge/in-process-services.fixture.ts';

describe('queues and topics of a stack', () => {
  let edge: InProcessServices;
  let sqs: SQSClient;
  let sns: SNSClient;

  before(async () => {
    edge = await startInProcessServices();
    sqs = new SQSClient(edge.clientConfig);
    sns = new SNSClient(edge.clientConfig);
  });
  after(async () => {
    sqs.destroy();
    sns.destroy();
    await edge.close();
  });

  const context = (logicalId: string): ResourceContext => ({
    stackName: 'friends-local',
    stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/friends-local/1',
    logicalId,
    region: 'us-east-1',
    tags: { STAGE: 'local' },
  });
  const type = (name: string): ResourceType => {
    const found = edge.resourceTypes.find((candidate) => candidate.type === name);
    assert.ok(found, name);
    return found;
  };
  const create = (name: string, properties: JsonObject, logicalId: string) =>
    type(name).create(properties, context(logicalId));
  const queueAttributes = async (QueueUrl: string) => {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return Attributes ?? {};
  };

  it('make a queue with a dead-letter queue, change it, and delete it', async () => {
    const deadLetters = await create('AWS::SQS::Queue', { MessageRetentionPeriod: '1209600' }, 'DeadLetters');
    assert.match(deadLetters.physicalId, /\/000000000000\/friends-local-DeadLetters-[0-9A-Z]{12}$/);
    const properties = {
      QueueName: 'friend-actions',
      VisibilityTimeout: 180,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: deadLetters.attributes.Arn ?? '', maxReceiveCount: 5 },
      Tags: [{ Key: 'team', Value: 'a' }],
    };
    const queue = type('AWS::SQS::Queue');
    const state = await create('AWS::SQS::Queue', properties, 'Actions');
    assert.deepEqual(state.attributes, {
      Arn: 'arn:aws:sqs:us-east-1:000000000000:friend-actions',
      QueueName: 'friend-actions',
      QueueUrl: state.physicalId,
    });
    const attributes = await queueAttributes(state.physicalId);
    assert.equal(attributes.VisibilityTimeout, '180');
    assert.deepEqual(JSON.parse(attributes.RedrivePolicy ?? '{}'), properties.RedrivePolicy);
    await assert.rejects(create('AWS::SQS::Queue', properties, 'Twin'), /friend-actions already exists/);

    const next = { QueueName: 'friend-actions', DelaySeconds: 5 };
    assert.equal(queue.needsReplacement(properties, next), false);
    assert.equal(queue.needsReplacement(properties, { ...next, QueueName: 'other' }), true);
    await queue.update(next, { properties, state }, context('Actions'));
    const changed = await queueAttributes(state.physicalId);
    assert.equal(changed.VisibilityTimeout, '30', 'what the template leaves out is as it would be without it');
    assert.equal(changed.DelaySeconds, '5');
    assert.equal(changed.RedrivePolicy, undefined);
    const { Tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl: state.physicalId }));
    assert.deepEqual(Tags, { STAGE: 'local' });

    await queue.delete(state, next, context('Actions'));
    await queue.delete(state, next, context('Actions'));
    await assert.rejects(queueAttributes(state.physicalId), { name: 'QueueDoesNotExist' });
  });

  it('make a FIFO queue with a generated name', async () => {
    const { physicalId } = await create('AWS::SQS::Queue', { FifoQueue: 'true', DeduplicationScope: 'queue' }, 'Fifo');
    assert.match(physicalId, /friends-local-Fifo-[0-9A-Z]{12}\.fifo$/);
  });

  it('keep queue policies', async () => {
    const { physicalId: url } = await create('AWS::SQS::Queue', {}, 'Guarded');
    const properties = { Queues: [url], PolicyDocument: { Version: '2012-10-17', Statement: [] } };
    const policy = type('AWS::SQS::QueuePolicy');
    const state = await policy.create(properties, context('Policy'));
    assert.deepEqual(JSON.parse((await queueAttributes(url)).Policy ?? ''), properties.PolicyDocument);
    await policy.delete(state, properties, context('Policy'));
    assert.equal((await queueAttributes(url)).Policy, undefined);
    await create('AWS::SQS::QueueInlinePolicy', { Queue: url, PolicyDocument: { Statement: [] } }, 'Inline');
    assert.equal((await queueAttributes(url)).Policy, '{"Statement":[]}');
  });

  it('make a topic with subscriptions, inline and apart', async () => {
    const queues = await Promise.all(['One', 'Two'].map((name) => create('AWS::SQS::Queue', {}, name)));
    const [one, two] = queues.map(({ attributes }) => String(attributes.Arn));
    const properties = {
      DisplayName: 'Shop',
      Subscription: [
        { Protocol: 'sqs', Endpoint: one ?? '' },
        { Protocol: 'email', Endpoint: 'ops@example.com' },
      ],
    };
    const topic = type('AWS::SNS::Topic');
    const state = await create('AWS::SNS::Topic', properties, 'Topic');
    assert.match(state.physicalId, /^arn:aws:sns:us-east-1:000000000000:friends-local-Topic-[0-9A-Z]{12}$/);
    assert.deepEqual(state.attributes, { TopicArn: state.physicalId, TopicName: state.physicalId.split(':').at(-1) });
    const apart = {
      TopicArn: state.physicalId,
      Protocol: 'sqs',
      Endpoint: two ?? '',
      RawMessageDelivery: true,
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: { price: [{ numeric: ['>', 10] }] },
    };
    const subscription = await create('AWS::SNS::Subscription', apart, 'Apart');
    const TopicArn = state.physicalId;
    await sns.send(new PublishCommand({ TopicArn, Message: '{"price":5}' }));
    await sns.send(new PublishCommand({ TopicArn, Message: '{"price":15}' }));
    const receive = async (index: number) => {
      const QueueUrl = queues[index]?.physicalId;
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      return Messages.map(({ Body }) => Body);
    };
    assert.equal((await receive(0)).length, 2);
    assert.deepEqual(await receive(1), ['{"price":15}']);

    const next = { Subscription: properties.Subscription.slice(1) };
    await topic.update(next, { properties, state }, context('Topic'));
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    assert.deepEqual(Subscriptions?.map(({ Protocol }) => Protocol).sort(), ['email', 'sqs']);
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    assert.equal(Attributes?.DisplayName, '');

    await type('AWS::SNS::Subscription').delete(subscription, apart, context('Apart'));
    const policy = { Topics: [TopicArn], PolicyDocument: { Statement: [] } };
    await create('AWS::SNS::TopicPolicy', policy, 'TopicPolicy');
    const described = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    assert.equal(described.Attributes?.Policy, '{"Statement":[]}');
    await topic.delete(state, next, context('Topic'));
    await topic.delete(state, next, context('Topic'));
  });

  it('make a FIFO topic that tells duplicates by group', async () => {
    const properties = { FifoTopic: true, ContentBasedDeduplication: true, FifoThroughputScope: 'MessageGroup' };
    const state = await create('AWS::SNS::Topic', properties, 'Grouped');
    const publish = async (MessageGroupId: string) => {
      const message = { TopicArn: state.physicalId, Message: 'same', MessageGroupId };
      return (await sns.send(new PublishCommand(message))).MessageId;
    };
    const first = await publish('a');
    assert.equal(await publish('a'), first);
    assert.notEqual(await publish('b'), first);

    const next = { ...properties, FifoThroughputScope: 'Topic' };
    await type('AWS::SNS::Topic').update(next, { properties, state }, context('Grouped'));
    const second = await publish('a');
    assert.equal(await publish('b'), second);
  });

  it('name what they do not support', () => {
    assert.throws(() => type('AWS::SQS::Queue').validate({ Nonsense: 1 }, 'Q'), /unsupported property Nonsense/);
    assert.throws(
      () => type('AWS::SNS::Topic').validate({ ArchivePolicy: {}, DataProtectionPolicy: {} }, 'T'),
      /unsupported properties ArchivePolicy, DataProtectionPolicy/,
    );
    assert.throws(
      () => type('AWS::SNS::Subscription').validate({ TopicArn: 't', Protocol: 'sqs', ReplayPolicy: {} }, 'S'),
      /unsupported property ReplayPolicy/,
    );
  });
});
