import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { CloudFormationClient, CreateStackCommand, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Endpoint, startEndpoint } from '../endpoint.ts';
import { until } from '../testing/until.ts';
import { showActivity } from './show-activity.ts';

const get = (attribute: string) => ({ 'Fn::GetAtt': attribute });
const ref = (name: string) => ({ Ref: name });

/** An HTTP API and a queue that lead to one function, which fails for a message or a query `fail`. */
const template = {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        Policies: [
          {
            PolicyName: 'work',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: ['sqs:*', 'logs:*'], Resource: '*' }],
            },
          },
        ],
      },
    },
    Work: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'work',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: get('Role.Arn'),
        Timeout: 5,
        Code: {
          ZipFile: `exports.handler = async ({ rawQueryString, Records }) => {
            if (rawQueryString === 'fail') throw new RangeError('too far');
            console.log('worked', Records?.length ?? 0);
            return { statusCode: 201, body: '{}' };
          };`,
        },
      },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: get('Queue.Arn'), FunctionName: ref('Work') },
    },
    MayInvoke: {
      Type: 'AWS::Lambda::Permission',
      Properties: { FunctionName: ref('Work'), Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' },
    },
    Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'http', ProtocolType: 'HTTP' } },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: ref('Http'),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: get('Work.Arn'),
        PayloadFormatVersion: '2.0',
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref('Http'),
        RouteKey: 'POST /work',
        Target: { 'Fn::Join': ['', ['integrations/', ref('Integration')]] },
      },
    },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: ref('Http'), StageName: '$default', AutoDeploy: true },
    },
  },
};

describe('what a command shows', () => {
  const lines: string[] = [];
  const errors: string[] = [];
  const json: string[] = [];
  let endpoint: Endpoint;

  before(async () => {
    const common = { nameOf: () => 'shop', sourceOf: () => undefined };
    const text = showActivity({
      ...common,
      style: 'text',
      write: (line) => lines.push(stripVTControlCharacters(line)),
      writeError: (error) => errors.push(stripVTControlCharacters(error)),
    });
    const machine = showActivity({
      ...common,
      style: 'json',
      write: (line) => json.push(line),
      writeError: (error) => assert.fail(error),
    });
    endpoint = await startEndpoint({
      onError: (error) => assert.fail(String(error)),
      onRequest(request) {
        text.onRequest?.(request);
        machine.onRequest?.(request);
      },
      onInvocation(invocation) {
        text.onInvocation?.(invocation);
        machine.onInvocation?.(invocation);
      },
      onLog(group, message) {
        text.onLog?.(group, message);
        machine.onLog?.(group, message);
      },
    });
    const client = new CloudFormationClient(endpoint.clientConfig);
    await client.send(
      new CreateStackCommand({
        StackName: 'shop-local',
        TemplateBody: JSON.stringify(template),
        Capabilities: ['CAPABILITY_IAM'],
      }),
    );
    const times = { client, maxWaitTime: 20, minDelay: 0.1, maxDelay: 0.1 };
    await waitUntilStackCreateComplete(times, { StackName: 'shop-local' });
    client.destroy();
  });
  after(() => endpoint.close());
  beforeEach(() => {
    for (const list of [lines, errors, json]) list.length = 0;
  });

  const work = (query = '') => fetch(`${endpoint.apis()[0]?.address}/work${query}`, { method: 'POST' });

  it('has a line for each request, with the functions that served it, cold or warm, after what they logged', async () => {
    await work('?page=2');
    await work();
    assert.equal(lines.length, 4, lines.join('\n'));
    assert.match(lines[1] ?? '', /^POST {3}201 +\d+ ms {2}shop \/work {2}work \(cold, INIT \d+ ms\)$/);
    assert.match(lines[3] ?? '', /^POST {3}201 +\d+ ms {2}shop \/work {2}work \(warm\)$/);
    assert.equal(lines[0], 'INFO  work  worked 0');
  });

  it('has a line for a request that no function served', async () => {
    await fetch(`${endpoint.apis()[0]?.address}/nowhere`);
    assert.match(lines.join('\n'), /^GET {4}404 +\d+ ms {2}shop \/nowhere$/);
  });

  it('has the trace of an error and a line for its request', async () => {
    await work('?fail');
    assert.match(errors.join('\n'), /^ERROR work {2}RangeError: too far\n +at /);
    assert.match(lines.join('\n'), /^POST {3}500 +\d+ ms {2}shop \/work {2}work \((?:warm|cold, .*), failed\)$/);
  });

  it('has a line with its source for each event', async () => {
    const sqs = new SQSClient(endpoint.clientConfig);
    await sqs.send(new SendMessageCommand({ QueueUrl: `${endpoint.url}/000000000000/jobs`, MessageBody: 'x' }));
    sqs.destroy();
    const line = await until('the event', () => lines.find((each) => each.startsWith('event')));
    assert.match(line, /^event {2}ok {2} +\d+ ms {2}queue jobs → work \((?:warm|cold, .*)\)$/);
  });

  it('is one object a line as JSON', async () => {
    await work();
    const [log, request] = json.map((line) => JSON.parse(line));
    assert.deepEqual(
      { ...log, time: '' },
      {
        type: 'log',
        time: '',
        function: 'work',
        level: 'INFO',
        message: 'worked 0',
        fields: {},
      },
    );
    const { type, api, method, path, status, functions } = request;
    assert.deepEqual(
      { type, api, method, path, status },
      {
        type: 'request',
        api: 'shop',
        method: 'POST',
        path: '/work',
        status: 201,
      },
    );
    assert.equal(functions[0].function, 'work');
    assert.equal(functions[0].outcome, 'success');
  });
});
