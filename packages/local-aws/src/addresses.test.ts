import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  ListExportsCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { type Endpoint, startEndpoint } from './endpoint.ts';

const join = (...parts: readonly (string | object)[]) => ({ 'Fn::Join': ['', parts] });
const onAws = (api: string, end = '') =>
  join('https://', { Ref: api }, '.execute-api.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }, end);
const other = 'https://abcdefghij.execute-api.us-east-1.amazonaws.com/prod';

/** A REST API and an HTTP API of one stack, both of which answer with the path and the variables of their function. */
const template = {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
      },
    },
    Show: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': 'Role.Arn' },
        Environment: { Variables: { ITSELF: onAws('Rest', '/local'), OTHER: other } },
        Code: {
          ZipFile: `exports.handler = async ({ path, rawPath }) => ({
            statusCode: 200, body: JSON.stringify([path ?? rawPath, process.env.ITSELF, process.env.OTHER]) });`,
        },
      },
    },
    MayInvoke: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'Show' },
        Action: 'lambda:InvokeFunction',
        Principal: join('apigateway.', { Ref: 'AWS::URLSuffix' }),
      },
    },
    Rest: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'rest' } },
    Where: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { RestApiId: { Ref: 'Rest' }, ParentId: { 'Fn::GetAtt': 'Rest.RootResourceId' }, PathPart: 'where' },
    },
    Method: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: { Ref: 'Rest' },
        ResourceId: { Ref: 'Where' },
        HttpMethod: 'GET',
        AuthorizationType: 'NONE',
        Integration: {
          Type: 'AWS_PROXY',
          IntegrationHttpMethod: 'POST',
          Uri: join(
            'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/',
            { 'Fn::GetAtt': 'Show.Arn' },
            '/invocations',
          ),
        },
      },
    },
    Deployment: {
      Type: 'AWS::ApiGateway::Deployment',
      DependsOn: 'Method',
      Properties: { RestApiId: { Ref: 'Rest' }, StageName: 'local' },
    },
    Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'http', ProtocolType: 'HTTP' } },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Http' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': 'Show.Arn' },
        PayloadFormatVersion: '2.0',
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Http' },
        RouteKey: 'GET /where',
        Target: join('integrations/', { Ref: 'Integration' }),
      },
    },
    ...Object.fromEntries(
      ['$default', 'named'].map((StageName, index) => [
        `Stage${index}`,
        { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Http' }, StageName, AutoDeploy: true } },
      ]),
    ),
  },
  Outputs: {
    ServiceEndpoint: { Value: onAws('Rest', '/local'), Export: { Name: 'rest' } },
    HttpApiUrl: { Value: onAws('Http') },
    ApiEndpoint: { Value: { 'Fn::GetAtt': 'Http.ApiEndpoint' } },
    Other: { Value: other },
  },
};

describe('the addresses of APIs', () => {
  let endpoint: Endpoint;
  let client: CloudFormationClient;
  let outputs: Readonly<Record<string, string>>;

  before(async () => {
    endpoint = await startEndpoint({ onError: (error) => assert.fail(String(error)) });
    client = new CloudFormationClient(endpoint.clientConfig);
    await client.send(
      new CreateStackCommand({
        StackName: 'shop-local',
        TemplateBody: JSON.stringify(template),
        Capabilities: ['CAPABILITY_IAM'],
      }),
    );
    await waitUntilStackCreateComplete(
      { client, maxWaitTime: 20, minDelay: 0.1, maxDelay: 0.1 },
      { StackName: 'shop-local' },
    );
    outputs = endpoint.stacks()[0]?.outputs ?? {};
  });
  after(async () => {
    client.destroy();
    await endpoint.close();
  });

  const get = async (url: string) => {
    const response = await fetch(url);
    return { status: response.status, body: await response.text() };
  };
  const pathSeenBy = async (url: string): Promise<unknown> => {
    const { status, body } = await get(url);
    assert.equal(status, 200, body);
    return JSON.parse(body)[0];
  };

  it('that a template puts together for AWS lead to the endpoint in its outputs', async () => {
    assert.equal(await pathSeenBy(`${outputs.ServiceEndpoint}/where`), '/where');
    assert.equal(await pathSeenBy(`${outputs.HttpApiUrl}/where`), '/where');
    assert.equal(await pathSeenBy(`${outputs.HttpApiUrl}/named/where`), '/named/where');
    assert.equal(outputs.ApiEndpoint, outputs.HttpApiUrl);
  });

  it('are the same in DescribeStacks and ListExports', async () => {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'shop-local' }));
    const described = Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]) ?? [];
    assert.deepEqual(Object.fromEntries(described), outputs);
    const { Exports } = await client.send(new ListExportsCommand());
    assert.equal(Exports?.[0]?.Value, outputs.ServiceEndpoint);
  });

  it('lead a function to the endpoint when they are in its environment', async () => {
    const { body } = await get(`${outputs.ServiceEndpoint}/where`);
    assert.deepEqual(JSON.parse(body).slice(1), [outputs.ServiceEndpoint, other]);
  });

  it('stay what they are when the API is not deployed here', () => {
    assert.equal(outputs.Other, other);
  });

  it('by name lead to each API, and are listed', async () => {
    const listed = await get(`${endpoint.url}/_api`);
    assert.deepEqual(
      JSON.parse(listed.body).map(({ kind, name, address }: { kind: string; name: string; address: string }) => [
        kind,
        name,
        address,
      ]),
      [
        ['REST', 'shop.Rest', `${endpoint.url}/_api/shop.Rest`],
        ['HTTP', 'shop.$default', `${endpoint.url}/_api/shop.$default`],
        ['HTTP', 'shop.named', `${endpoint.url}/_api/shop.named`],
      ],
    );
    for (const { address, stage } of endpoint.apis()) {
      assert.equal(await pathSeenBy(`${address}/where`), stage === 'named' ? '/named/where' : '/where');
    }
    assert.equal(await pathSeenBy(`${endpoint.url}/_api/shop.%24default/where`), '/where');
  });

  it('by a name of several APIs are refused with the names to use', async () => {
    assert.deepEqual(await get(`${endpoint.url}/_api/shop/where`), {
      status: 409,
      body: '{"message":"shop names several APIs. Use one of: shop.Rest, shop.$default, shop.named."}',
    });
    assert.equal((await get(`${endpoint.url}/_api/none`)).status, 404);
  });
});
