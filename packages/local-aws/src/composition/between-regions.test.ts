import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  GetFunctionCommand,
  InvokeCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetBucketLocationCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import {
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { type Endpoint, startEndpoint } from '../endpoint.ts';
import { until } from '../testing/until.ts';
import { type Clients, clientsIn } from './region-clients.fixture.ts';
import { account, deployShop, east, frankfurt } from './regions.fixture.ts';

describe('between regions', () => {
  let endpoint: Endpoint;
  let here: Clients;
  let there: Clients;
  before(async () => {
    endpoint = await startEndpoint();
    here = clientsIn(east, endpoint);
    there = clientsIn(frankfurt, endpoint);
    await deployShop(endpoint, frankfurt);
  });
  after(() => endpoint.close());

  it('a topic delivers to a queue of another one', async () => {
    const { QueueUrl } = await here.sqs.send(new CreateQueueCommand({ QueueName: 'far' }));
    const Endpoint = `arn:aws:sqs:${east}:${account}:far`;
    const TopicArn = `arn:aws:sns:${frankfurt}:${account}:news`;
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: Endpoint,
          Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
        },
      ],
    });
    await here.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await there.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    await there.sns.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    const message = await until('a message', async () => {
      const { Messages } = await here.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      return Messages?.[0];
    });
    assert.equal(JSON.parse(message.Body ?? '').TopicArn, TopicArn);
  });

  it('a stack subscribes to a topic of another one that it names', async () => {
    const TopicArn = `arn:aws:sns:${frankfurt}:${account}:news`;
    const subscription = { TopicArn, Protocol: 'email', Endpoint: 'a@example.com' };
    const deploy = async (Properties: object) => {
      const template = { Resources: { Subscription: { Type: 'AWS::SNS::Subscription', Properties } } };
      const init = { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ template }) };
      return (await fetch(`${endpoint.url}/_local/api/stacks/reader`, { method: 'PUT', ...init })).text();
    };
    assert.match(await deploy(subscription), /Invalid parameter: TopicArn/);
    assert.match(await deploy({ ...subscription, Region: frankfurt }), /CREATE_COMPLETE/);
    const { Subscriptions = [] } = await there.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    assert.ok(Subscriptions.some(({ Endpoint }) => Endpoint === 'a@example.com'));
  });

  it('nothing can be called but by the ARN of its own one', async () => {
    const FunctionName = `arn:aws:lambda:${frankfurt}:${account}:function:show`;
    const refusal = {
      name: 'ResourceNotFoundException',
      message: `Functions from '${frankfurt}' are not reachable in this region ('${east}')`,
    };
    await assert.rejects(here.lambda.send(new GetFunctionCommand({ FunctionName })), refusal);
    await assert.rejects(here.lambda.send(new InvokeCommand({ FunctionName })), refusal);
    const TopicArn = `arn:aws:sns:${frankfurt}:${account}:news`;
    await assert.rejects(here.sns.send(new PublishCommand({ TopicArn, Message: 'hello' })), {
      name: 'InvalidParameterException',
      message: 'Invalid parameter: TopicArn',
    });
    const TableName = `arn:aws:dynamodb:${frankfurt}:${account}:table/things`;
    await assert.rejects(here.dynamoDb.send(new PutItemCommand({ TableName, Item: { id: { S: '1' } } })), {
      name: 'ResourceNotFoundException',
    });
  });

  it('an alarm has actions in its own one alone', async () => {
    const alarm = new PutMetricAlarmCommand({
      AlarmName: 'far',
      Namespace: 'n',
      MetricName: 'm',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [`arn:aws:sns:${frankfurt}:${account}:news`],
    });
    await assert.rejects(here.cloudWatch.send(alarm), {
      message: `Invalid region ${frankfurt} specified. Only ${east} is supported.`,
    });
    await there.cloudWatch.send(alarm);
  });

  it('a function takes no events from a queue of another one', async () => {
    await here.sqs.send(new CreateQueueCommand({ QueueName: 'elsewhere' }));
    const EventSourceArn = `arn:aws:sqs:${east}:${account}:elsewhere`;
    await assert.rejects(
      there.lambda.send(new CreateEventSourceMappingCommand({ FunctionName: 'show', EventSourceArn })),
      { name: 'InvalidParameterValueException', message: `Event source region must match Lambda region ${frankfurt}.` },
    );
  });

  it('a bucket is known, and says where it is', async () => {
    await there.s3.send(new CreateBucketCommand({ Bucket: 'far-away' }));
    await here.s3.send(new CreateBucketCommand({ Bucket: 'near-by' }));
    const places = ['far-away', 'near-by'].map(async (Bucket) => [
      (await here.s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint,
      (await here.s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion,
    ]);
    assert.deepEqual(await Promise.all(places), [
      [frankfurt, frankfurt],
      [undefined, east],
    ]);
  });

  it('one that does not exist is refused in the protocol of every service', async () => {
    const nowhere = clientsIn('mars-north-1', endpoint);
    const message = /Credential should be scoped to a valid region, not 'mars-north-1'/;
    await assert.rejects(nowhere.dynamoDb.send(new ListTablesCommand()), {
      name: 'InvalidSignatureException',
      message,
    });
    await assert.rejects(nowhere.lambda.send(new ListFunctionsCommand()), {
      name: 'InvalidSignatureException',
      message,
    });
    await assert.rejects(nowhere.sns.send(new ListTopicsCommand()), { name: 'SignatureDoesNotMatch', message });
  });
});
