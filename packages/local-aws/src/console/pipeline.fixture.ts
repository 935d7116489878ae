import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CloudFormationClient, CreateStackCommand, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import type { JsonObject, JsonValue } from '../core/json.ts';
import { type Endpoint, type EndpointOptions, startEndpoint } from '../endpoint.ts';
import type { Span, Trace, TraceSummary } from './api-types.ts';

const account = '000000000000';
const att = (name: string, attribute = 'Arn'): JsonObject => ({ 'Fn::GetAtt': [name, attribute] });

export type Pipeline = {
  readonly endpoint: Endpoint;
  readonly url: string;
  /** Reads a route of the console's API, below `/_local/api`. */
  get<T>(path: string): Promise<T>;
  post(path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Calls an action through the console: `sqs/SendMessage`. */
  aws<T = unknown>(action: string, input: object): Promise<T>;
  send(path: string, body: object): Promise<Response>;
  /** The newest trace whose entry contains the text, once `isWhole` says that all of it is there. */
  trace(entry: string, isWhole: (trace: Trace) => boolean): Promise<Trace>;
  /** A trace by its id. */
  traceOf(traceId: string, isWhole: (trace: Trace) => boolean): Promise<Trace>;
  close(): Promise<void>;
};

/**
 * An endpoint with one stack that has every kind of hop: an API with a mapping template → a queue → a function → a
 * table → its stream → two filtered mappings and a pipe with enrichment → a topic → a queue and an email, and an API
 * whose function invokes another function.
 */
export async function startPipeline(options: EndpointOptions = {}): Promise<Pipeline> {
  const endpoint = await startEndpoint({ onError: (error) => assert.fail(String(error)), ...options });
  const { clientConfig } = endpoint;
  await uploadCode(clientConfig);
  const cloudFormation = new CloudFormationClient(clientConfig);
  await cloudFormation.send(
    new CreateStackCommand({
      StackName: 'pipeline',
      TemplateBody: JSON.stringify({ Resources: resources }),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  for (;;) {
    const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: 'pipeline' }));
    const failed = StackEvents.findLast(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
    if (failed !== undefined) throw new Error(`${failed.LogicalResourceId}: ${failed.ResourceStatusReason}`);
    const [last] = StackEvents;
    if (last?.LogicalResourceId === 'pipeline' && last.ResourceStatus === 'CREATE_COMPLETE') break;
    await pause(10);
  }
  const urlOf = (logicalId: string): string => {
    const api = endpoint.apis().find((candidate) => candidate.logicalId === logicalId);
    assert.ok(api);
    return api.url;
  };
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${endpoint.url}/_local/api${path}`);
    const body: unknown = await response.json();
    assert.equal(response.status, 200, JSON.stringify(body));
    // Tests compare what they read.
    return body as T;
  };
  const post = (path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${endpoint.url}/_local/api${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const wait = async (isWhole: (trace: Trace) => boolean, ids: () => Promise<string[]>): Promise<Trace> => {
    let last = 'no trace';
    for (let attempt = 0; attempt < 300; attempt += 1) {
      for (const traceId of await ids()) {
        const response = await fetch(`${endpoint.url}/_local/api/traces/${traceId}`);
        if (response.status !== 200) continue;
        const trace = (await response.json()) as Trace;
        if (isWhole(trace)) return trace;
        last = outline(trace.spans);
      }
      await pause(50);
    }
    return assert.fail(`The trace did not come:\n${last}`);
  };
  return {
    endpoint,
    url: endpoint.url,
    get,
    post,
    aws: async <T>(action: string, input: object): Promise<T> => {
      const response = await post(`/aws/${action}`, input);
      const body: unknown = await response.json();
      assert.equal(response.status, 200, JSON.stringify(body));
      return body as T;
    },
    send: (path, body) =>
      fetch(`${urlOf(path === '/messages' ? 'Api' : 'HttpApi')}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer very-secret-token' },
        body: JSON.stringify(body),
      }),
    trace: (entry, isWhole) =>
      wait(isWhole, async () => {
        const { traces } = await get<{ traces: TraceSummary[] }>('/traces?limit=1000');
        return traces.filter((trace) => trace.entry.includes(entry)).map(({ traceId }) => traceId);
      }),
    traceOf: (traceId, isWhole) => wait(isWhole, async () => [traceId]),
    close: () => endpoint.close(),
  };
}

/** The spans as lines, indented below their parents, for messages of tests. */
export function outline(spans: readonly Span[]): string {
  const lineOf = (span: Span): string => {
    const parent = spans.find(({ spanId }) => spanId === span.parentId);
    const depth = parent === undefined ? 0 : (/^ */.exec(lineOf(parent))?.[0].length ?? 0);
    const indent = ' '.repeat(parent === undefined ? 0 : depth + 2);
    return `${indent}${span.kind} ${span.service} ${span.operation} ${span.resource} ${span.status}`;
  };
  return spans.map(lineOf).join('\n');
}

function functionNamed(name: string, handler: string, Timeout = 10): JsonObject {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: name,
      Role: att('Role'),
      Runtime: 'nodejs24.x',
      Handler: `index.${handler}`,
      Timeout,
      MemorySize: 256,
      Code: { S3Bucket: 'code', S3Key: 'code.zip' },
    },
  };
}

function streamMapping(functionName: string, kind: string): JsonObject {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: att('Table', 'StreamArn'),
      FunctionName: { Ref: functionName },
      StartingPosition: 'TRIM_HORIZON',
      FilterCriteria: {
        Filters: [{ Pattern: JSON.stringify({ dynamodb: { NewImage: { kind: { S: [kind] } } } }) }],
      },
    },
  };
}

function role(name: string, service: string, statements: readonly JsonObject[]): JsonObject {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: name,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
      },
      Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: [...statements] } }],
    },
  };
}

const allow = (Sid: string, Action: JsonValue, Resource: JsonValue): JsonObject => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});

const readStream = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];

const resources: JsonObject = {
  Queue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: 'jobs',
      VisibilityTimeout: 5,
      RedrivePolicy: { deadLetterTargetArn: att('DeadLetters'), maxReceiveCount: 2 },
    },
  },
  DeadLetters: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead-jobs' } },
  Notices: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'notices' } },
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    },
  },
  Role: role('pipeline-role', 'lambda.amazonaws.com', [
    allow('Write', ['dynamodb:PutItem'], att('Table')),
    allow('Poll', ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], att('Queue')),
    allow('Stream', readStream, att('Table', 'StreamArn')),
    allow('Ask', 'lambda:InvokeFunction', `arn:aws:lambda:us-east-1:${account}:function:enrich`),
    allow('Log', ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:CreateLogGroup'], '*'),
  ]),
  GatewayRole: role('gateway-role', 'apigateway.amazonaws.com', [allow('Send', 'sqs:SendMessage', att('Queue'))]),
  PipeRole: role('pipe-role', 'pipes.amazonaws.com', [
    allow('Stream', readStream, att('Table', 'StreamArn')),
    allow('Enrich', 'lambda:InvokeFunction', att('Enrich')),
    allow('Publish', 'sns:Publish', { Ref: 'Topic' }),
  ]),
  Write: functionNamed('write', 'write', 5),
  TakeFriend: functionNamed('take-friend', 'take'),
  TakeOther: functionNamed('take-other', 'take'),
  Enrich: functionNamed('enrich', 'enrich'),
  Ask: functionNamed('ask', 'ask'),
  QueueMapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { EventSourceArn: att('Queue'), FunctionName: { Ref: 'Write' }, BatchSize: 1 },
  },
  FriendMapping: streamMapping('TakeFriend', 'friend'),
  OtherMapping: streamMapping('TakeOther', 'other'),
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
  ToQueue: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: att('Notices') },
  },
  ToOther: {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: { Ref: 'Topic' },
      Protocol: 'sqs',
      Endpoint: att('DeadLetters'),
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: { nothing: ['fits'] },
    },
  },
  QueuePolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Notices' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: att('Notices'),
          },
        ],
      },
    },
  },
  Pipe: {
    Type: 'AWS::Pipes::Pipe',
    Properties: {
      Name: 'things-pipe',
      RoleArn: att('PipeRole'),
      Source: att('Table', 'StreamArn'),
      SourceParameters: {
        DynamoDBStreamParameters: { StartingPosition: 'TRIM_HORIZON' },
        FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ eventName: ['INSERT'] }) }] },
      },
      Enrichment: att('Enrich'),
      EnrichmentParameters: { InputTemplate: '{"id": <$.dynamodb.Keys.id.S>}' },
      Target: { Ref: 'Topic' },
    },
  },
  Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'messages-api' } },
  Messages: {
    Type: 'AWS::ApiGateway::Resource',
    Properties: { RestApiId: { Ref: 'Api' }, ParentId: att('Api', 'RootResourceId'), PathPart: 'messages' },
  },
  PostMessage: {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: { Ref: 'Api' },
      ResourceId: { Ref: 'Messages' },
      HttpMethod: 'POST',
      AuthorizationType: 'NONE',
      Integration: {
        Type: 'AWS',
        IntegrationHttpMethod: 'POST',
        Uri: `arn:aws:apigateway:us-east-1:sqs:path/${account}/jobs`,
        Credentials: att('GatewayRole'),
        RequestParameters: { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" },
        RequestTemplates: { 'application/json': 'Action=SendMessage&MessageBody=$util.urlEncode($input.body)' },
        IntegrationResponses: [{ StatusCode: '202', ResponseTemplates: { 'application/json': '{"accepted":true}' } }],
      },
      MethodResponses: [{ StatusCode: '202' }],
    },
  },
  Deployment: {
    Type: 'AWS::ApiGateway::Deployment',
    DependsOn: 'PostMessage',
    Properties: { RestApiId: { Ref: 'Api' } },
  },
  Stage: {
    Type: 'AWS::ApiGateway::Stage',
    Properties: { RestApiId: { Ref: 'Api' }, DeploymentId: { Ref: 'Deployment' }, StageName: 'local' },
  },
  HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'ask-api', ProtocolType: 'HTTP' } },
  HttpStage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: { Ref: 'HttpApi' }, StageName: '$default', AutoDeploy: true },
  },
  AskIntegration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'HttpApi' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: att('Ask'),
      PayloadFormatVersion: '2.0',
    },
  },
  AskRoute: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'HttpApi' },
      RouteKey: 'POST /questions',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'AskIntegration' }]] },
    },
  },
  AskPermission: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: { Ref: 'Ask' },
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    },
  },
};

async function uploadCode(config: Endpoint['clientConfig']): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./calling.fixture.ts', import.meta.url))],
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    write: false,
    logLevel: 'error',
  });
  const [bundle] = outputFiles;
  assert.ok(bundle);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'code' }));
  const Body = zipSync({ 'index.js': bundle.contents }, { level: 1 });
  await s3.send(new PutObjectCommand({ Bucket: 'code', Key: 'code.zip', Body }));
}
