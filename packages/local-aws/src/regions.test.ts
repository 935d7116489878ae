import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import { APIGatewayClient, GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient, ListExportsCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ListTablesCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import {
  CreateEventSourceMappingCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetBucketLocationCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import {
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type Endpoint, startEndpoint } from './endpoint.ts';
import { account, deployShop, east, frankfurt } from './regions.fixture.ts';
import { until } from './testing/until.ts';

const placed = { region: z.string(), stack: z.string().optional() };
const topologySchema = z.object({
  stacks: z.array(z.object({ name: z.string(), region: z.string() })),
  nodes: z.array(z.object({ ...placed, id: z.string(), kind: z.string(), name: z.string() })),
  edges: z.array(z.object({ from: z.string(), to: z.string() })),
});
const messagesSchema = z.object({ messages: z.array(z.object({ body: z.string() })) });
const tracesSchema = z.object({ traces: z.array(z.object({ traceId: z.string() })) });
const spansSchema = z.object({
  spans: z.array(z.object({ kind: z.string(), nodeId: z.string().nullable() })),
});

type Config = Endpoint['clientConfig'];

/** A client of every service, in one region. */
function clientsIn(region: string, { clientConfig }: { readonly clientConfig: Config }) {
  const config = { ...clientConfig, region, maxAttempts: 1 };
  return {
    apiGateway: new APIGatewayClient(config),
    cloudFormation: new CloudFormationClient(config),
    cloudWatch: new CloudWatchClient(config),
    dynamoDb: new DynamoDBClient(config),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    streams: new DynamoDBStreamsClient(config),
  };
}
type Clients = ReturnType<typeof clientsIn>;

/** What each service lists in a region, as ARNs where it names them. */
async function listed({ apiGateway, cloudFormation, cloudWatch, dynamoDb, lambda, logs, sns, sqs, streams }: Clients) {
  const queueUrls = (await sqs.send(new ListQueuesCommand())).QueueUrls ?? [];
  const queueArns = queueUrls.map(async (QueueUrl) => {
    const input = { QueueUrl, AttributeNames: ['QueueArn' as const] };
    return (await sqs.send(new GetQueueAttributesCommand(input))).Attributes?.QueueArn;
  });
  return {
    stacks: (await cloudFormation.send(new ListStacksCommand())).StackSummaries?.map(({ StackName }) => StackName),
    exports: (await cloudFormation.send(new ListExportsCommand())).Exports?.map(({ Name }) => Name),
    apis: (await apiGateway.send(new GetRestApisCommand())).items?.map(({ name }) => name),
    functions: (await lambda.send(new ListFunctionsCommand())).Functions?.map(({ FunctionArn }) => FunctionArn),
    mappings: (await lambda.send(new ListEventSourceMappingsCommand())).EventSourceMappings?.map(
      ({ EventSourceArn = '' }) => EventSourceArn.replace(/[^/]+$/, ''),
    ),
    tables: (await dynamoDb.send(new ListTablesCommand())).TableNames,
    streams: (await streams.send(new ListStreamsCommand())).Streams?.map(({ StreamArn = '' }) =>
      StreamArn.replace(/[^/]+$/, ''),
    ),
    queues: await Promise.all(queueArns),
    topics: (await sns.send(new ListTopicsCommand())).Topics?.map(({ TopicArn }) => TopicArn),
    logGroups: (await logs.send(new DescribeLogGroupsCommand())).logGroups?.map(({ arn }) => arn),
    alarms: (await cloudWatch.send(new DescribeAlarmsCommand())).MetricAlarms?.map(({ AlarmArn }) => AlarmArn),
  };
}

function shopIn(region: string): Awaited<ReturnType<typeof listed>> {
  return {
    stacks: ['shop'],
    exports: ['api'],
    apis: ['things'],
    functions: [`arn:aws:lambda:${region}:${account}:function:show`],
    mappings: [`arn:aws:dynamodb:${region}:${account}:table/things/stream/`],
    tables: ['things'],
    streams: [`arn:aws:dynamodb:${region}:${account}:table/things/stream/`],
    queues: [`arn:aws:sqs:${region}:${account}:changes`],
    topics: [`arn:aws:sns:${region}:${account}:news`],
    logGroups: [`arn:aws:logs:${region}:${account}:log-group:/aws/lambda/show:*`],
    alarms: [`arn:aws:cloudwatch:${region}:${account}:alarm:busy`],
  };
}

async function idsIn({ dynamoDb }: Clients): Promise<readonly (string | undefined)[]> {
  const { Items = [] } = await dynamoDb.send(new ScanCommand({ TableName: 'things' }));
  return Items.map(({ id, region }) => `${id?.S} ${region?.S}`);
}

describe('a stack of one name in two regions', () => {
  let endpoint: Endpoint;
  let outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  let here: Clients;
  let there: Clients;
  before(async () => {
    endpoint = await startEndpoint();
    outputs = { [east]: await deployShop(endpoint, east), [frankfurt]: await deployShop(endpoint, frankfurt) };
    here = clientsIn(east, endpoint);
    there = clientsIn(frankfurt, endpoint);
  });
  after(() => endpoint.close());

  it('has its own resources, ARNs, exports and lists in each', async () => {
    assert.deepEqual(await listed(here), shopIn(east));
    assert.deepEqual(await listed(there), shopIn(frankfurt));
    const empty = await listed(clientsIn('sa-east-1', endpoint));
    assert.deepEqual(
      Object.values(empty).map((list) => list ?? []),
      Object.keys(empty).map(() => []),
    );
  });

  it('has roles, buckets and APIs whose names and ids differ, as there is one of each name', async () => {
    for (const name of ['Api', 'Bucket', 'Role', 'Url']) {
      assert.notEqual(outputs[east]?.[name], outputs[frankfurt]?.[name], name);
    }
    for (const { iam } of [here, there]) {
      const { Roles = [] } = await iam.send(new ListRolesCommand());
      assert.deepEqual(Roles.map(({ Arn }) => Arn).sort(), [outputs[east]?.Role, outputs[frankfurt]?.Role].sort());
    }
  });

  it('serves its API with a function that works in its own region', async () => {
    for (const [region, clients] of [
      [east, here],
      [frankfurt, there],
    ] as const) {
      const answer = await fetch(`${outputs[region]?.Url}/things/of-${region}`);
      assert.deepEqual([answer.status, await answer.text()], [200, region]);
      assert.deepEqual(await idsIn(clients), [`of-${region} ${region}`]);
      const { Messages = [] } = await until('a message', async () => {
        const received = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: outputs[region]?.Queue }));
        return received.Messages === undefined ? undefined : received;
      });
      const { eventSourceARN, ...record } = JSON.parse(Messages[0]?.Body ?? '');
      assert.deepEqual(record, { id: `of-${region}`, awsRegion: region });
      assert.match(eventSourceARN, new RegExp(`^arn:aws:dynamodb:${region}:`));
    }
  });

  it('logs and measures in its own region', async () => {
    for (const { logs, cloudWatch } of [here, there]) {
      const { events = [] } = await logs.send(
        new FilterLogEventsCommand({ logGroupName: '/aws/lambda/show', filterPattern: 'INIT_START' }),
      );
      assert.ok(events.length > 0);
      const { Datapoints = [] } = await cloudWatch.send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/Lambda',
          MetricName: 'Invocations',
          Dimensions: [{ Name: 'FunctionName', Value: 'show' }],
          StartTime: new Date(Date.now() - 600_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: 3600,
          Statistics: ['Sum'],
        }),
      );
      // The request, and the record of what it wrote.
      assert.deepEqual(
        Datapoints.map(({ Sum }) => Sum),
        [2],
      );
    }
  });

  it('is one of the stacks, APIs and functions of the endpoint, with its region', () => {
    assert.deepEqual(
      endpoint.stacks().map(({ name, region }) => [name, region]),
      [
        ['shop', east],
        ['shop', frankfurt],
      ],
    );
    assert.deepEqual(
      endpoint.apis().map(({ region, apiId }) => [region, apiId]),
      [east, frankfurt].map((region) => [region, outputs[region]?.Api]),
    );
    assert.deepEqual(
      endpoint.functions('shop').map(({ functionArn }) => functionArn),
      [east, frankfurt].map((region) => `arn:aws:lambda:${region}:${account}:function:show`),
    );
  });
});

describe('the control API and the console', () => {
  let endpoint: Endpoint;
  let there: Clients;
  before(async () => {
    endpoint = await startEndpoint();
    await deployShop(endpoint, east);
    await deployShop(endpoint, frankfurt);
    there = clientsIn(frankfurt, endpoint);
  });
  after(() => endpoint.close());

  const label = `shop (${frankfurt})`;
  const ask = async (path: string, body?: object) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${endpoint.url}/_local/api${path}`, body && init);
    assert.ok(answer.ok, `${path} ${answer.status} ${await answer.clone().text()}`);
    return answer.status === 204 ? undefined : answer.json();
  };
  const put = (id: string) =>
    there.dynamoDb.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: id }, region: { S: 'put' } } }));

  it('show the stacks and resources of every region, with the region', async () => {
    const { stacks, nodes, edges } = topologySchema.parse(await ask('/topology'));
    assert.deepEqual(
      stacks.map(({ name, region }) => [name, region]),
      [
        ['shop', east],
        [label, frankfurt],
      ],
    );
    const functions = nodes.filter(({ kind }) => kind === 'function');
    assert.deepEqual(
      functions.map(({ id, name, stack, region }) => [id, name, stack, region]),
      [
        [`arn:aws:lambda:${east}:${account}:function:show`, 'show', 'shop', east],
        [`arn:aws:lambda:${frankfurt}:${account}:function:show`, 'show', label, frankfurt],
      ],
    );
    const regionsOf = ({ from, to }: { from: string; to: string }) =>
      [from, to].map((id) => /(?:us|eu)-\w+-1/.exec(id)?.[0]);
    assert.ok(edges.length > 0);
    assert.deepEqual(
      edges.filter((edge) => new Set(regionsOf(edge)).size > 1),
      [],
    );
  });

  it('read and call what is in the region that they are asked for', async () => {
    await put('counted');
    await there.sqs.send(
      new SendMessageCommand({ QueueUrl: `${endpoint.url}/${account}/changes`, MessageBody: 'peeked' }),
    );
    const peeked = async (query: string) =>
      messagesSchema.parse(await ask(`/queues/changes/messages${query}`)).messages.map(({ body }) => body);
    assert.deepEqual(await peeked(''), []);
    assert.ok((await peeked(`?region=${frankfurt}`)).includes('peeked'));
    const count = async (query: string) =>
      Object(await ask(`/aws/dynamodb/Scan${query}`, { TableName: 'things', Select: 'COUNT' })).Count;
    assert.deepEqual([await count(''), await count(`?region=${frankfurt}`)], [0, 1]);
    const { nodes } = z
      .object({ nodes: z.record(z.string(), z.object({ items: z.number().optional() })) })
      .parse(await ask('/counts'));
    assert.deepEqual(
      [east, frankfurt].map((region) => nodes[`arn:aws:dynamodb:${region}:${account}:table/things`]?.items ?? 0),
      [0, 1],
    );
  });

  it('trace what happens in a region to the resources of that region', async () => {
    await put('traced');
    const spans = await until('the spans of the mapping', async () => {
      const { traces } = tracesSchema.parse(await ask('/traces?resource=show'));
      const found = await Promise.all(
        traces.map(async ({ traceId }) => spansSchema.parse(await ask(`/traces/${traceId}`))),
      );
      const invoked = found.flatMap((trace) => trace.spans).filter(({ kind }) => kind === 'invocation');
      return invoked.length > 0 && invoked;
    });
    assert.deepEqual(
      [...new Set(spans.map(({ nodeId }) => nodeId))],
      [`arn:aws:lambda:${frankfurt}:${account}:function:show`],
    );
  });

  it('save, empty and put back the data of every region', async () => {
    await put('saved');
    const before = await idsIn(there);
    await ask('/snapshots/both', {});
    await ask('/reset', {});
    assert.deepEqual(await idsIn(there), []);
    await ask('/snapshots/both/load', {});
    assert.deepEqual((await idsIn(there)).toSorted(), before.toSorted());
  });

  it('deploy to a region', async () => {
    const template = { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } };
    const answer = await fetch(`${endpoint.url}/_local/api/stacks/small`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ template, region: 'ap-south-1' }),
    });
    const { name, region, status } = Object(await answer.json());
    assert.deepEqual([name, region, status], ['small', 'ap-south-1', 'CREATE_COMPLETE']);
    const { QueueUrls = [] } = await clientsIn('ap-south-1', endpoint).sqs.send(new ListQueuesCommand());
    assert.equal(QueueUrls.length, 1);
  });
});

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

test('the state of every region survives a restart', async (t) => {
  const persist = mkdtempSync(join(tmpdir(), 'regions-'));
  t.after(() => rmSync(persist, { recursive: true }));
  let url: string | undefined;
  {
    await using endpoint = await startEndpoint({ persist });
    await deployShop(endpoint, east);
    ({ Url: url } = await deployShop(endpoint, frankfurt));
    await fetch(`${url}/things/kept`);
  }
  await using endpoint = await startEndpoint({ persist });
  const there = clientsIn(frankfurt, endpoint);
  assert.deepEqual(await listed(clientsIn(east, endpoint)), shopIn(east));
  assert.deepEqual(await listed(there), shopIn(frankfurt));
  assert.deepEqual(await idsIn(there), [`kept ${frankfurt}`]);
  const { pathname } = new URL(`${url}/things/again`);
  const answer = await fetch(`${endpoint.url}${pathname}`);
  assert.deepEqual([answer.status, await answer.text()], [200, frankfurt]);
});
