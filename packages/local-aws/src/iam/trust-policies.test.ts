import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { APIGatewayClient, GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import type { JsonObject } from '../core/json.ts';
import { roleWith, startDeployed } from './enforcement.fixture.ts';

const account = 'us-east-1:000000000000';
const queue = `arn:aws:sqs:${account}:jobs`;
const callee = `arn:aws:lambda:${account}:function:callee`;

const deployed = await startDeployed();
after(() => deployed.close());
await deployed.deploy('resources', { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } } });
await deployed.deployCaller('callee', []);
const apiGateway = new APIGatewayClient(deployed.config);
const httpApis = new ApiGatewayV2Client(deployed.config);
after(() => {
  apiGateway.destroy();
  httpApis.destroy();
});

describe('the trust policy of a role', () => {
  const roleArn = { 'Fn::GetAtt': ['Role', 'Arn'] };

  it('keeps Lambda from taking it for a function', async () => {
    const Role = roleWith('distrusted-role', [], 'pipes.amazonaws.com');
    await assert.rejects(
      deployed.deployCaller('distrusted', [], { Role }),
      /The role defined for the function cannot be assumed by Lambda/,
    );
  });

  it('keeps a pipe from starting', async () => {
    const Role = roleWith('pipe-of-lambda', [], 'lambda.amazonaws.com');
    const Pipe = { Type: 'AWS::Pipes::Pipe', Properties: { RoleArn: roleArn, Source: queue, Target: callee } };
    await assert.rejects(deployed.deploy('distrusted-pipe', { Role, Pipe }), /cannot be assumed by .*pipes\.amazonaws/);
  });

  it('may ask a pipe where it is from, and an API not', async () => {
    const condition = { StringEquals: { 'aws:SourceAccount': '000000000000' } };
    const may = (Action: string) => [{ Action, Resource: '*' }];
    await deployed.deploy('asked-pipe', {
      Queue: { Type: 'AWS::SQS::Queue' },
      Role: roleWith('asked-pipe-role', may('sqs:*'), 'pipes.amazonaws.com', condition),
      Pipe: {
        Type: 'AWS::Pipes::Pipe',
        Properties: { RoleArn: roleArn, Source: { 'Fn::GetAtt': ['Queue', 'Arn'] }, Target: callee },
      },
    });
    const service = 'apigateway.amazonaws.com';
    await deployed.deploy('asked-api', {
      Role: roleWith('asked-api-role', may('sqs:SendMessage'), service, condition),
      ...sendingApis(roleArn, 'asked'),
    });
    await deployed.deploy('trusted-api', {
      Role: roleWith('trusted-api-role', may('sqs:SendMessage'), service),
      ...sendingApis(roleArn, 'trusted'),
    });
    const { items = [] } = await apiGateway.send(new GetRestApisCommand({}));
    const { Items = [] } = await httpApis.send(new GetApisCommand({}));
    const statusOf = async (id = 'none') =>
      (await fetch(`${deployed.url}/_aws/execute-api/${id}/test/`, { method: 'POST' })).status;
    const statusesOf = async (name: string) => [
      await statusOf(items.find((api) => api.name === name)?.id),
      await statusOf(Items.find((api) => api.Name === name)?.ApiId),
    ];
    assert.deepEqual(await statusesOf('asked'), [500, 500]);
    assert.deepEqual(await statusesOf('trusted'), [200, 200]);
  });
});

/** A REST and an HTTP API whose `POST /` sends to the queue with the rights of a role. */
function sendingApis(roleArn: JsonObject, name: string): JsonObject {
  const RestApiId = { Ref: 'Api' };
  const ApiId = { Ref: 'HttpApi' };
  return {
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: name } },
    Method: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId,
        ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
        HttpMethod: 'POST',
        AuthorizationType: 'NONE',
        Integration: {
          Type: 'AWS',
          IntegrationHttpMethod: 'POST',
          Uri: 'arn:aws:apigateway:us-east-1:sqs:path/000000000000/jobs',
          Credentials: roleArn,
          RequestParameters: { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" },
          RequestTemplates: { 'application/json': 'Action=SendMessage&MessageBody=hello' },
          IntegrationResponses: [{ StatusCode: '200' }],
        },
        MethodResponses: [{ StatusCode: '200' }],
      },
    },
    Deployment: {
      Type: 'AWS::ApiGateway::Deployment',
      DependsOn: ['Method'],
      Properties: { RestApiId, StageName: 'test' },
    },
    HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: name, ProtocolType: 'HTTP' } },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationSubtype: 'SQS-SendMessage',
        CredentialsArn: roleArn,
        PayloadFormatVersion: '1.0',
        RequestParameters: { QueueUrl: `${deployed.url}/000000000000/jobs`, MessageBody: 'hello' },
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId,
        RouteKey: 'POST /',
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      },
    },
    Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId, StageName: 'test', AutoDeploy: true } },
  };
}
