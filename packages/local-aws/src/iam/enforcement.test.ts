import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { JsonObject } from '../core/json.ts';
import { until } from '../testing/until.ts';
import { roleWith, startDeployed } from './enforcement.fixture.ts';

const account = 'us-east-1:000000000000';
const table = `arn:aws:dynamodb:${account}:table/things`;
const queue = `arn:aws:sqs:${account}:jobs`;
const topic = `arn:aws:sns:${account}:news`;
const callee = `arn:aws:lambda:${account}:function:callee`;
const bus = `arn:aws:events:${account}:event-bus/default`;
const group = `arn:aws:logs:${account}:log-group:audit`;

const resources: JsonObject = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'owner', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byOwner',
          KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    },
  },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs', VisibilityTimeout: 60 } },
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
  Group: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'audit' } },
  Stream: { Type: 'AWS::Logs::LogStream', Properties: { LogGroupName: { Ref: 'Group' }, LogStreamName: 'stream' } },
};

const deployed = await startDeployed();
after(() => deployed.close());
await deployed.deploy('resources', resources);
await deployed.deployCaller('callee', []);
const description = await new DynamoDBClient(deployed.config).send(new DescribeTableCommand({ TableName: 'things' }));
const stream = description.Table?.LatestStreamArn ?? '';
const queueUrl = `${deployed.url}/000000000000/jobs`;

describe('a function of which the role lacks a permission', () => {
  /** Each kind of call: its target, the resource that the refusal names, the SDK's name of it, its action as told. */
  const kinds: [action: string, target: () => string, resource: () => string, error: string, told?: string][] = [
    ['dynamodb:GetItem', () => 'things', () => table, 'AccessDeniedException'],
    ['dynamodb:PutItem', () => 'things', () => table, 'AccessDeniedException'],
    ['dynamodb:Query', () => 'things', () => `${table}/index/byOwner`, 'AccessDeniedException'],
    ['dynamodb:DescribeStream', () => stream, () => stream, 'AccessDeniedException'],
    ['sqs:SendMessage', () => queueUrl, () => queue, 'AccessDenied', 'sqs:sendmessage'],
    ['sns:Publish', () => topic, () => topic, 'AuthorizationErrorException', 'SNS:Publish'],
    ['lambda:InvokeFunction', () => 'callee', () => callee, 'AccessDeniedException'],
    ['events:PutEvents', () => 'default', () => bus, 'AccessDeniedException'],
    ['logs:PutLogEvents', () => 'audit', () => `${group}:log-stream:stream`, 'AccessDeniedException'],
  ];

  before(() => deployed.deployCaller('nobody', []));
  for (const [action, target, resource, error, told = action] of kinds) {
    it(`is refused ${action}, by AWS's own error`, async () => {
      assert.deepEqual(await deployed.call('nobody', { action, target: target() }), {
        name: error,
        message: `User: arn:aws:sts::000000000000:assumed-role/nobody-role/nobody is not authorized to perform: ${told} on resource: ${resource()} because no identity-based policy allows the ${told} action`,
      });
    });
  }

  it('may make each of the calls once it is granted', async () => {
    await deployed.deployCaller(
      'somebody',
      kinds.map(([Action, , resource]) => ({ Action, Resource: resource() })),
    );
    for (const [action, target] of kinds) {
      assert.deepEqual((await deployed.call('somebody', { action, target: target() })).name, 'allowed', action);
    }
  });
});

describe('the policies of a role', () => {
  it('may use wildcards, which reach as far as they say', async () => {
    await deployed.deployCaller('wild', [
      { Action: 'dynamodb:Get*', Resource: `arn:aws:dynamodb:${account}:table/thin*` },
      { Action: '*', Resource: queue },
    ]);
    const outcomes = [];
    for (const [action, target] of [
      ['dynamodb:GetItem', 'things'],
      ['dynamodb:PutItem', 'things'],
      ['dynamodb:GetItem', 'others'],
      ['sqs:SendMessage', queueUrl],
      ['sns:Publish', topic],
    ] as const) {
      outcomes.push((await deployed.call('wild', { action, target })).name);
    }
    assert.deepEqual(outcomes, [
      'allowed',
      'AccessDeniedException',
      'AccessDeniedException',
      'allowed',
      'AuthorizationErrorException',
    ]);
  });

  it('may deny what they allow elsewhere', async () => {
    await deployed.deployCaller('denied', [
      { Action: 'dynamodb:*', Resource: '*' },
      { Effect: 'Deny', Action: 'dynamodb:PutItem', Resource: table },
    ]);
    assert.equal((await deployed.call('denied', { action: 'dynamodb:GetItem', target: 'things' })).name, 'allowed');
    const { message } = await deployed.call('denied', { action: 'dynamodb:PutItem', target: 'things' });
    assert.match(
      message,
      /dynamodb:PutItem on resource: .*table\/things with an explicit deny in an identity-based policy$/,
    );
  });

  it('may ask for the source of an event', async () => {
    const grant = (source: string) => [
      { Action: 'events:PutEvents', Resource: bus, Condition: { StringEquals: { 'events:source': source } } },
    ];
    await deployed.deployCaller('shop', grant('shop'));
    await deployed.deployCaller('other', grant('other'));
    const call = { action: 'events:PutEvents', target: 'default' };
    assert.equal((await deployed.call('shop', call)).name, 'allowed');
    assert.equal((await deployed.call('other', call)).name, 'AccessDeniedException');
  });

  it('have to let a function pass on the role of a schedule that it makes', async () => {
    await deployed.deploy('of-schedules', { Role: roleWith('of-schedules', [], 'scheduler.amazonaws.com') });
    const target = 'arn:aws:iam::000000000000:role/of-schedules';
    const create = { Action: 'scheduler:CreateSchedule', Resource: `arn:aws:scheduler:${account}:schedule/default/*` };
    const Condition = { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } };
    await deployed.deployCaller('keeper', [create]);
    await deployed.deployCaller('passer', [create, { Action: 'iam:PassRole', Resource: target, Condition }]);
    const { message } = await deployed.call('keeper', { action: 'iam:PassRole', target });
    assert.match(message, /not authorized to perform: iam:PassRole on resource: .*role\/of-schedules/);
    assert.equal((await deployed.call('passer', { action: 'iam:PassRole', target })).name, 'allowed');
  });

  it('may ask for a partition key', async () => {
    const Condition = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['1'] } };
    await deployed.deployCaller('one', [{ Action: 'dynamodb:GetItem', Resource: table, Condition }]);
    await deployed.deployCaller('two', [
      {
        Action: 'dynamodb:GetItem',
        Resource: table,
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['2'] } },
      },
    ]);
    assert.equal((await deployed.call('one', { action: 'dynamodb:GetItem', target: 'things' })).name, 'allowed');
    assert.match(
      (await deployed.call('two', { action: 'dynamodb:GetItem', target: 'things' })).message,
      /not authorized/,
    );
  });
});

describe('the policy of a resource', () => {
  const sendPolicy = (queueName: string, principal: JsonObject, Condition?: JsonObject): JsonObject => ({
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: queueName } },
    Policy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: principal,
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
              ...(Condition && { Condition }),
            },
          ],
        },
      },
    },
  });

  it('lets a role in that has no policy of its own', async () => {
    await deployed.deployCaller('guest', []);
    await deployed.deploy('open-queue', sendPolicy('open', { AWS: 'arn:aws:iam::000000000000:role/guest-role' }));
    const send = (name: string) => ({ action: 'sqs:SendMessage', target: `${deployed.url}/000000000000/${name}` });
    assert.equal((await deployed.call('guest', send('open'))).name, 'allowed');
    assert.equal((await deployed.call('guest', send('jobs'))).name, 'AccessDenied');
  });

  it('decides whether a topic may send to a queue', async () => {
    const sns = new SNSClient(deployed.config);
    const sqs = new SQSClient(deployed.config);
    const subscription = (name: string): JsonObject => ({
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: topic,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${account}:${name}`,
        RawMessageDelivery: true,
      },
    });
    const fromTopic = (arn: string) => ({ ArnEquals: { 'aws:SourceArn': arn } });
    const service = { Service: 'sns.amazonaws.com' };
    await deployed.deploy('listening', sendPolicy('listening', service, fromTopic(topic)));
    await deployed.deploy('elsewhere', sendPolicy('elsewhere', service, fromTopic(`${topic}-of-others`)));
    await deployed.deploy('deaf', { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'deaf' } } });
    await deployed.deploy('subscriptions', {
      Listening: subscription('listening'),
      Elsewhere: subscription('elsewhere'),
      Deaf: subscription('deaf'),
    });
    await sns.send(new PublishCommand({ TopicArn: topic, Message: 'hello' }));
    const countOf = async (name: string): Promise<string | undefined> => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: `${deployed.url}/000000000000/${name}`,
          AttributeNames: ['ApproximateNumberOfMessages'],
        }),
      );
      return Attributes?.ApproximateNumberOfMessages;
    };
    await until('the message', async () => (await countOf('listening')) === '1');
    assert.deepEqual([await countOf('elsewhere'), await countOf('deaf')], ['0', '0']);
    const refusal = (name: string) => {
      const arn = `arn:aws:sqs:${account}:${name}`;
      return `${topic} could not deliver to sqs ${arn}: The policies of ${arn} and of its key do not let ${topic} send to it`;
    };
    assert.deepEqual(deployed.notes.toSorted(), [refusal('deaf'), refusal('elsewhere')]);
  });

  it('fails the deploy when it is malformed', async () => {
    const bad = sendPolicy('bad', { Service: 'sns' });
    await assert.rejects(deployed.deploy('bad', bad), /Invalid principal in policy/);
  });
});

describe('what acts for a function', () => {
  const mapping: JsonObject = {
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: { Ref: 'Function' }, EventSourceArn: queue, BatchSize: 1 },
    },
  };

  it('cannot poll a queue that its role may not read', async () => {
    await assert.rejects(
      deployed.deployCaller(
        'poller',
        [{ Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], Resource: queue }],
        mapping,
      ),
      /The provided execution role does not have permissions to call GetQueueAttributes on SQS/,
    );
  });

  it('writes no log when its role may not', async () => {
    const logs = new CloudWatchLogsClient(deployed.config);
    const write = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
    await deployed.deployCaller('silent', [{ Action: write, Resource: `${group}:*` }]);
    await deployed.deployCaller('loud', [
      { Action: write, Resource: `arn:aws:logs:${account}:log-group:/aws/lambda/loud:*` },
    ]);
    for (const name of ['silent', 'loud']) await deployed.call(name, { action: 'sns:Publish', target: topic });
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/loud' }));
    assert.match(events.map(({ message }) => message).join(''), /END RequestId/);
    await assert.rejects(logs.send(new DescribeLogStreamsCommand({ logGroupName: '/aws/lambda/silent' })), {
      name: 'ResourceNotFoundException',
    });
  });

  it('is refused the function that a pipe leads to, and the queue it comes from keeps the message', async () => {
    const sqs = new SQSClient(deployed.config);
    const source = `arn:aws:sqs:${account}:piped`;
    await deployed.deploy('pipe', {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'piped' } },
      Role: roleWith(
        'pipe-role',
        [{ Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], Resource: source }],
        'pipes.amazonaws.com',
      ),
      Pipe: {
        Type: 'AWS::Pipes::Pipe',
        Properties: {
          RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Source: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          Target: callee,
        },
      },
    });
    await sqs.send(new SendMessageCommand({ QueueUrl: `${deployed.url}/000000000000/piped`, MessageBody: '{}' }));
    const denied = await until('the refusal', async () => (await usageOf('pipe-role')).denied[0]);
    assert.deepEqual([denied.action, denied.resource], ['lambda:InvokeFunction', callee]);
    assert.equal(partsOf(await usageOf('pipe-role')).get('sqs:DeleteMessage'), 0);
  });
});

const parts = z.array(z.object({ text: z.string(), uses: z.number() }));
const usage = z.object({
  roles: z.array(
    z.object({
      role: z.string(),
      grants: z.array(z.object({ actions: parts, resources: parts })),
      denied: z.array(z.object({ action: z.string(), resource: z.string(), count: z.number() })),
    }),
  ),
});
type RoleUsage = z.infer<typeof usage>['roles'][number];

async function usageOf(role: string): Promise<RoleUsage> {
  const { roles } = usage.parse(await (await fetch(`${deployed.url}/_local/iam`)).json());
  return roles.find((candidate) => candidate.role === role) ?? assert.fail(`no role ${role}`);
}

function partsOf({ grants }: RoleUsage): Map<string, number> {
  return new Map(grants.flatMap(({ actions }) => actions.map(({ text, uses }) => [text, uses])));
}

describe('the list of what was used', () => {
  it('tells grants that were used from those that were not', async () => {
    await deployed.deployCaller('frugal', [
      { Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: [table, `${table}-2`] },
    ]);
    await deployed.call('frugal', { action: 'dynamodb:GetItem', target: 'things' });
    await deployed.call('frugal', { action: 'sqs:SendMessage', target: queueUrl });
    const { grants, denied } = await usageOf('frugal-role');
    assert.partialDeepStrictEqual(grants, [
      {
        actions: [
          { text: 'dynamodb:GetItem', uses: 1 },
          { text: 'dynamodb:PutItem', uses: 0 },
        ],
        resources: [
          { text: table, uses: 1 },
          { text: `${table}-2`, uses: 0 },
        ],
      },
    ]);
    assert.ok(
      denied.some(({ action, resource, count }) => action === 'sqs:SendMessage' && resource === queue && count === 1),
    );
  });
});

describe('an endpoint without the check', () => {
  it('lets every role do everything', async () => {
    const open = await startDeployed({ iam: false });
    after(() => open.close());
    await open.deploy('resources', resources);
    await open.deployCaller('nobody', []);
    assert.equal((await open.call('nobody', { action: 'dynamodb:PutItem', target: 'things' })).name, 'allowed');
  });
});
