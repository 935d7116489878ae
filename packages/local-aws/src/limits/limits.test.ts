import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { CreateTopicCommand, PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type Clients, clientsIn } from '../composition/region-clients.fixture.ts';
import type { Trace, TraceSummary } from '../console/api-types.ts';
import { ShiftableClock } from '../core/shiftable-clock.ts';
import { type Endpoint, startEndpoint } from '../endpoint.ts';
import { until } from '../testing/until.ts';
import type { Quotas } from './aws-quotas.ts';
import type { Usage } from './limits.ts';

/** So large that what one request uses comes back in ten seconds or more, in which the tests do not wait. */
const divisor = 100_000;

const getAtt = (name: string, path: string) => ({ 'Fn::GetAtt': [name, path] });
const template = {
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'things',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
      },
    },
    Answer: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'answer',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: getAtt('Role', 'Arn'),
        Code: { ZipFile: 'exports.handler = async () => "done";' },
      },
    },
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'api' } },
    Method: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: { Ref: 'Api' },
        ResourceId: getAtt('Api', 'RootResourceId'),
        HttpMethod: 'GET',
        AuthorizationType: 'NONE',
        Integration: {
          Type: 'MOCK',
          RequestTemplates: { 'application/json': '{"statusCode":200}' },
          IntegrationResponses: [{ StatusCode: '200' }],
        },
        MethodResponses: [{ StatusCode: '200' }],
      },
    },
    Deployment: {
      Type: 'AWS::ApiGateway::Deployment',
      DependsOn: ['Method'],
      Properties: { RestApiId: { Ref: 'Api' }, StageName: 'local' },
    },
  },
};

describe('an endpoint with the quotas of an account', () => {
  const clock = new ShiftableClock();
  let endpoint: Endpoint;
  let clients: Clients;
  before(async () => {
    endpoint = await startEndpoint({ clock, limits: { divisor } });
    clients = clientsIn('us-east-1', endpoint);
    const answer = await fetch(`${endpoint.url}/_local/api/stacks/limited`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ template }),
    });
    assert.match(await answer.text(), /CREATE_COMPLETE/);
  });
  const get = async <T>(path: string): Promise<T> => JSON.parse(await (await fetch(`${endpoint.url}${path}`)).text());
  beforeEach(() => clock.advance(3_600_000));
  after(() => endpoint.close());

  it('throttles a hot key of a table and not a cool one, and its console shows the error', async () => {
    const put = (id: string, bytes = 0) => {
      const Item = { id: { S: id }, body: { S: 'x'.repeat(bytes) } };
      return clients.dynamoDb.send(new PutItemCommand({ TableName: 'things', Item }));
    };
    await put('hot', 4_500);
    // Enough for the table, whose quota is 40 times that of a partition.
    await clock.advance(60_000);
    await assert.rejects(put('hot'), { name: 'ThrottlingException' });
    await put('cool');
    const failed = await until('the trace', async () => {
      const { traces } = await get<{ traces: readonly TraceSummary[] }>('/_local/api/traces');
      const found = traces.find(({ entry, status }) => entry.startsWith('dynamodb PutItem') && status === 'error');
      return found && get<Trace>(`/_local/api/traces/${found.traceId}`);
    });
    assert.equal(failed.spans[0]?.error?.type, 'ThrottlingException');
  });

  it('answers 429 to requests to its APIs beyond what the account may have', async () => {
    const url = `${endpoint.apis()[0]?.endpoint}/`;
    assert.equal((await fetch(url)).status, 200);
    const refused = await fetch(url);
    assert.deepEqual([refused.status, await refused.json()], [429, { message: 'Too Many Requests' }]);
    await clock.advance(10_000);
    assert.equal((await fetch(url)).status, 200);
  });

  it('throttles invocations beyond what the account may have', async () => {
    const invoke = () => clients.lambda.send(new InvokeCommand({ FunctionName: 'answer' }));
    assert.equal((await invoke()).StatusCode, 200);
    await assert.rejects(invoke(), {
      name: 'TooManyRequestsException',
      Reason: 'FunctionInvocationRateLimitExceeded',
    });
  });

  it('throttles calls of an action on a FIFO queue, of which a batch is one, and none on a standard queue', async () => {
    const create = async (QueueName: string, Attributes = {}) =>
      (await clients.sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl;
    const standard = await create('standard');
    const QueueUrl = await create('first.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    const fast = await create('fast.fifo', {
      FifoQueue: 'true',
      ContentBasedDeduplication: 'true',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
    const Entries = ['1', '2'].map((Id) => ({ Id, MessageBody: Id, MessageGroupId: 'a' }));
    await clients.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const message = { MessageBody: '3', MessageGroupId: 'a' };
    await assert.rejects(clients.sqs.send(new SendMessageCommand({ QueueUrl, ...message })), {
      name: 'ThrottlingException',
    });
    for (const unlimited of [fast, fast]) {
      await clients.sqs.send(new SendMessageCommand({ QueueUrl: unlimited, ...message }));
    }
    for (const unlimited of [standard, standard]) {
      await clients.sqs.send(new SendMessageCommand({ QueueUrl: unlimited, MessageBody: '3' }));
    }
  });

  it('throttles messages to topics beyond what the account may have, and to each FIFO topic', async () => {
    const create = async (Name: string, Attributes = {}) =>
      (await clients.sns.send(new CreateTopicCommand({ Name, Attributes }))).TopicArn;
    const [news, other] = [await create('news'), await create('other')];
    const PublishBatchRequestEntries = ['1', '2'].map((Id) => ({ Id, Message: Id }));
    await clients.sns.send(new PublishBatchCommand({ TopicArn: news, PublishBatchRequestEntries }));
    await assert.rejects(clients.sns.send(new PublishCommand({ TopicArn: other, Message: '3' })), {
      name: 'ThrottledException',
    });
    const Attributes = { FifoTopic: 'true', ContentBasedDeduplication: 'true' };
    for (const name of ['a.fifo', 'b.fifo']) {
      const TopicArn = await create(name, Attributes);
      const ordered = PublishBatchRequestEntries.map((entry) => ({ ...entry, MessageGroupId: 'a' }));
      await clients.sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: ordered }));
      const one = new PublishCommand({ TopicArn, Message: '3', MessageGroupId: 'a' });
      await assert.rejects(clients.sns.send(one), { name: 'ThrottledException' });
    }
  });

  it('tells what was used of its quotas, and what was refused', async () => {
    const { quotas, usages } = await get<{ quotas: Quotas; usages: readonly Usage[] }>('/_local/limits');
    assert.deepEqual(quotas.gatewayRequests, { rate: 0.1, burst: 1 });
    const resource = 'us-east-1/things hot';
    const found = usages.find((usage) => usage.quota === 'partitionWrites' && usage.resource === resource);
    assert.deepEqual(found, { quota: 'partitionWrites', resource, used: 5, refused: 1 });
  });
});
