import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { JsonObject, JsonValue } from '../core/json.ts';
import { until } from '../testing/until.ts';
import {
  arnOf,
  type Events,
  functionFor,
  queueFor,
  queuePolicy,
  roleArn,
  roleFor,
  startEvents,
} from './events.fixture.ts';

const service = 'events.amazonaws.com';
const event = (source: string, detail: object = { id: 1 }) => ({
  Source: source,
  DetailType: 'order',
  Detail: JSON.stringify(detail),
});
const ruleFor = (source: string, ...targets: JsonObject[]): JsonObject => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    Name: source,
    EventPattern: { source: [source] },
    Targets: targets.map((target, index) => ({ Id: `t${index}`, ...target })),
  },
});

describe('targets of a rule', () => {
  let local: Events;
  before(async () => {
    local = await startEvents();
  });
  after(() => local[Symbol.asyncDispose]());

  it('a queue gets the event, a part of it, a constant or a filled template', async () => {
    const Arn = arnOf('sqs', 'inputs');
    const InputTransformer = { InputPathsMap: { id: '$.detail.id' }, InputTemplate: '{"order": <id>}' };
    await local.deploy('inputs', {
      ...queueFor('inputs', service),
      Rule: ruleFor(
        'inputs',
        { Arn, InputPath: '$.detail.id' },
        { Arn, Input: '{"fixed":true}' },
        { Arn, InputTransformer },
      ),
    });
    await local.put(event('inputs'));
    const bodies = (await local.receive('inputs', 3)).map(({ Body }) => Body);
    assert.deepEqual(bodies.sort(), ['1', '{"fixed":true}', '{"order": 1}']);
  });

  it('a FIFO queue gets the event in the message group of the target', async () => {
    const Properties = { QueueName: 'ordered.fifo', FifoQueue: true, ContentBasedDeduplication: true };
    await local.deploy('fifo', {
      Queue: { Type: 'AWS::SQS::Queue', Properties },
      Policy: queuePolicy('ordered.fifo', { Ref: 'Queue' }, service),
      Rule: ruleFor('fifo', { Arn: arnOf('sqs', 'ordered.fifo'), SqsParameters: { MessageGroupId: 'group' } }),
    });
    await local.put(event('fifo'));
    const [message] = await local.receive('ordered.fifo');
    assert.equal(message?.Attributes?.MessageGroupId, 'group');
  });

  it('a topic publishes the event, if its policy lets EventBridge', async () => {
    const TopicArn = arnOf('sns', 'news');
    await local.deploy('topic', {
      ...queueFor('readers', 'sns.amazonaws.com'),
      Topic: {
        Type: 'AWS::SNS::Topic',
        Properties: { TopicName: 'news', Subscription: [{ Protocol: 'sqs', Endpoint: arnOf('sqs', 'readers') }] },
      },
      TopicPolicy: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          Topics: [TopicArn],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: { Service: service }, Action: 'sns:Publish', Resource: TopicArn },
            ],
          },
        },
        DependsOn: 'Topic',
      },
      Rule: ruleFor('news', { Arn: TopicArn, InputPath: '$.detail' }),
    });
    await local.put(event('news'));
    const [message] = await local.receive('readers');
    assert.equal(JSON.parse(message?.Body ?? '').Message, '{"id":1}');
  });

  it('a function runs with the event, if its policy lets the rule invoke it', async () => {
    await local.deploy('function', {
      ...functionFor('consumer'),
      Rule: ruleFor('function', { Arn: arnOf('lambda', 'function:consumer') }),
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: { Ref: 'consumer' },
          Action: 'lambda:InvokeFunction',
          Principal: service,
          SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
        },
      },
    });
    await local.put(event('function', { id: 42 }));
    const lines = await local.logged('/aws/lambda/consumer', 3);
    assert.match(lines.join('\n'), /event .*"source":"function".*"detail":{"id":42}/);
  });

  it('a log group gets the event, if a policy of the region lets EventBridge write', async () => {
    const statement: JsonValue = {
      Effect: 'Allow',
      Principal: { Service: [service, 'delivery.logs.amazonaws.com'] },
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: arnOf('logs', 'log-group:/aws/events/*:*'),
    };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await local.deploy('log-group', {
      Group: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/events/all' } },
      Policy: { Type: 'AWS::Logs::ResourcePolicy', Properties: { PolicyName: 'events', PolicyDocument } },
      Rule: ruleFor('logged', { Arn: arnOf('logs', 'log-group:/aws/events/all') }),
    });
    await local.put(event('logged'), event('logged'));
    const lines = await local.logged('/aws/events/all', 2);
    assert.equal(JSON.parse(lines[0] ?? '').source, 'logged');
  });

  it('another bus routes the event on as it is, and no further to a third one', async () => {
    const bus = (name: string): string => arnOf('events', `event-bus/${name}`);
    const to = (name: string): JsonObject => ({ Id: name, Arn: bus(name), RoleArn: roleArn('forward') });
    const onBus = (EventBusName: string, ...Targets: JsonObject[]): JsonObject => ({
      Type: 'AWS::Events::Rule',
      Properties: { EventBusName, EventPattern: { source: ['shop'] }, Targets },
      DependsOn: ['second', 'third', 'forward'],
    });
    const named = (Name: string): JsonObject => ({ Type: 'AWS::Events::EventBus', Properties: { Name } });
    await local.deploy('buses', {
      ...queueFor('hops', service),
      ...roleFor('forward', service, 'events:PutEvents', [bus('second'), bus('third')]),
      second: named('second'),
      third: named('third'),
      First: onBus('default', to('second')),
      Second: onBus('second', to('third'), { Id: 'q', Arn: arnOf('sqs', 'hops') }),
      Third: onBus('third', { Id: 'q', Arn: arnOf('sqs', 'hops'), Input: '"third"' }),
    });
    const { Entries = [] } = await local.put(event('shop'));
    const [message] = await local.receive('hops');
    assert.equal(JSON.parse(message?.Body ?? '').id, Entries[0]?.EventId);
    await local.clock.advance(1000);
    assert.deepEqual(await local.peek('hops'), []);
  });

  it('a rule on the default bus gets the events of a bucket that is set to send them', async () => {
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    const pattern = {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { object: { key: [{ suffix: '.txt' }] } },
    };
    const Targets = [{ Id: 'q', Arn: arnOf('sqs', 'objects'), InputPath: '$.resources[0]' }];
    await local.deploy('bucket', {
      ...queueFor('objects', service),
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'events-bucket', NotificationConfiguration } },
      Rule: { Type: 'AWS::Events::Rule', Properties: { EventPattern: pattern, Targets } },
    });
    const s3 = new S3Client({ ...local.config, forcePathStyle: true });
    for (const Key of ['a.png', 'a.txt'])
      await s3.send(new PutObjectCommand({ Bucket: 'events-bucket', Key, Body: 'x' }));
    s3.destroy();
    const [message] = await local.receive('objects');
    assert.equal(message?.Body, '"arn:aws:s3:::events-bucket"');
    assert.deepEqual(await local.peek('objects'), []);
  });

  it('a disabled rule hands nothing on', async () => {
    const Targets = [{ Id: 'q', Arn: arnOf('sqs', 'off') }];
    const Properties = { Name: 'off', EventPattern: { source: ['off'] }, State: 'DISABLED', Targets };
    const resources = { ...queueFor('off', service), Rule: { Type: 'AWS::Events::Rule', Properties } };
    await local.deploy('off', resources);
    await local.put(event('off', { id: 'lost' }));
    await local.update('off', {
      ...resources,
      Rule: { Type: 'AWS::Events::Rule', Properties: { ...Properties, State: 'ENABLED' } },
    });
    await local.put(event('off', { id: 'kept' }));
    const [message] = await local.receive('off');
    assert.equal(JSON.parse(message?.Body ?? '').detail.id, 'kept');
  });

  describe('that do not take an event', () => {
    const attributesOf = async (queue: string): Promise<Record<string, string | undefined>> => {
      const [message] = await local.receive(queue);
      const attributes = Object.entries(message?.MessageAttributes ?? {});
      return Object.fromEntries(attributes.map(([name, { StringValue }]) => [name, StringValue]));
    };

    it('leave it to the dead-letter queue at once when a permission is missing', async () => {
      const Arn = arnOf('sqs', 'closed');
      await local.deploy('closed', {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'closed' } },
        ...queueFor('closeddead', service),
        Rule: ruleFor('closed', { Arn, DeadLetterConfig: { Arn: arnOf('sqs', 'closeddead') }, Input: '"x"' }),
      });
      await local.put(event('closed'));
      const { ERROR_MESSAGE, ...attributes } = await attributesOf('closeddead');
      assert.match(ERROR_MESSAGE ?? '', /not authorized to perform: sqs:sendmessage/);
      assert.deepEqual(attributes, {
        RULE_ARN: arnOf('events', 'rule/closed'),
        TARGET_ARN: Arn,
        ERROR_CODE: 'NO_PERMISSIONS',
        RETRY_ATTEMPTS: '0',
      });
    });

    it('leave it to the dead-letter queue when they do not exist, in its original form', async () => {
      await local.deploy('gone', {
        ...queueFor('gonedead', service),
        Rule: ruleFor('gone', {
          Arn: arnOf('lambda', 'function:gone'),
          DeadLetterConfig: { Arn: arnOf('sqs', 'gonedead') },
          InputPath: '$.detail',
        }),
      });
      await local.put(event('gone'));
      const [message] = await local.receive('gonedead');
      assert.equal(JSON.parse(message?.Body ?? '').source, 'gone');
      assert.equal(message?.MessageAttributes?.ERROR_CODE?.StringValue, 'NO_RESOURCE');
    });

    it('are tried again as long as the retry policy allows', async () => {
      await local.deploy('flaky', {
        ...queueFor('flaky', service),
        ...queueFor('flakydead', service),
        Rule: ruleFor('flaky', {
          Arn: arnOf('sqs', 'flaky'),
          RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 600 },
          DeadLetterConfig: { Arn: arnOf('sqs', 'flakydead') },
        }),
      });
      await local.fault({
        service: 'sqs',
        resource: 'flaky',
        operation: 'SendMessage',
        fault: { kind: 'error', status: 503 },
      });
      await local.put(event('flaky'));
      await local.untilIdle(() => local.clock.advance(5000));
      const { RETRY_ATTEMPTS, EXHAUSTED_RETRY_CONDITION } = await attributesOf('flakydead');
      assert.deepEqual([RETRY_ATTEMPTS, EXHAUSTED_RETRY_CONDITION], ['2', 'MaximumRetryAttempts']);
    });

    it('lose it without a dead-letter queue, and report it to the developer', async () => {
      await local.deploy('lost', { Rule: ruleFor('lost', { Arn: arnOf('sqs', 'nowhere') }) });
      await local.put(event('lost'));
      await until('the note', () => local.notes.some((note) => note.includes('rule/lost could not deliver')));
    });
  });
});
