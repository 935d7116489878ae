import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { CloudFormationClient, CreateStackCommand, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as z from 'zod';
import { type Endpoint, startEndpoint } from '../endpoint.ts';

const ref = (name: string) => ({ Ref: name });
const join = (...parts: readonly (string | object)[]) => ({ 'Fn::Join': ['', parts] });

/** `GET /` of a REST API and of an HTTP API, both for tokens of one pool with the scope tasks/read. */
const templateFor = (backend: string) => ({
  Parameters: { PoolArn: { Type: 'String', Default: '' } },
  Conditions: { HasPoolArn: { 'Fn::Not': [{ 'Fn::Equals': [ref('PoolArn'), ''] }] } },
  Resources: {
    Pool: { Type: 'AWS::Cognito::UserPool', Properties: {} },
    Scopes: {
      Type: 'AWS::Cognito::UserPoolResourceServer',
      Properties: {
        UserPoolId: ref('Pool'),
        Identifier: 'tasks',
        Name: 'tasks',
        Scopes: ['read', 'write'].map((ScopeName) => ({ ScopeName, ScopeDescription: ScopeName })),
      },
    },
    Client: {
      Type: 'AWS::Cognito::UserPoolClient',
      DependsOn: 'Scopes',
      Properties: {
        UserPoolId: ref('Pool'),
        ClientName: 'web',
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ['code'],
        AllowedOAuthScopes: ['tasks/read', 'tasks/write'],
      },
    },
    OtherClient: {
      Type: 'AWS::Cognito::UserPoolClient',
      DependsOn: 'Scopes',
      Properties: {
        UserPoolId: ref('Pool'),
        ClientName: 'other',
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ['code'],
        AllowedOAuthScopes: ['tasks/read'],
      },
    },
    RestApi: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'rest' } },
    RestAuthorizer: {
      Type: 'AWS::ApiGateway::Authorizer',
      Properties: {
        RestApiId: ref('RestApi'),
        Name: 'pool',
        Type: 'COGNITO_USER_POOLS',
        IdentitySource: 'method.request.header.Authorization',
        ProviderARNs: [{ 'Fn::If': ['HasPoolArn', ref('PoolArn'), { 'Fn::GetAtt': 'Pool.Arn' }] }],
      },
    },
    Method: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: ref('RestApi'),
        ResourceId: { 'Fn::GetAtt': 'RestApi.RootResourceId' },
        HttpMethod: 'GET',
        AuthorizationType: 'COGNITO_USER_POOLS',
        AuthorizerId: ref('RestAuthorizer'),
        AuthorizationScopes: ['tasks/read'],
        Integration: { Type: 'HTTP_PROXY', IntegrationHttpMethod: 'GET', Uri: backend },
      },
    },
    Deployment: {
      Type: 'AWS::ApiGateway::Deployment',
      DependsOn: 'Method',
      Properties: { RestApiId: ref('RestApi'), StageName: 'local' },
    },
    HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'http', ProtocolType: 'HTTP' } },
    HttpStage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: ref('HttpApi'), StageName: '$default', AutoDeploy: true },
    },
    HttpAuthorizer: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ApiId: ref('HttpApi'),
        Name: 'pool',
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: {
          Audience: [ref('Client')],
          Issuer: join('https://cognito-idp.us-east-1.amazonaws.com/', ref('Pool')),
        },
      },
    },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: ref('HttpApi'),
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'GET',
        IntegrationUri: backend,
        PayloadFormatVersion: '1.0',
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref('HttpApi'),
        RouteKey: 'GET /',
        Target: join('integrations/', ref('Integration')),
        AuthorizationType: 'JWT',
        AuthorizerId: ref('HttpAuthorizer'),
        AuthorizationScopes: ['tasks/read'],
      },
    },
  },
  Outputs: {
    RestApiId: { Value: ref('RestApi') },
    HttpApiId: { Value: ref('HttpApi') },
    PoolId: { Value: ref('Pool') },
    ClientId: { Value: ref('Client') },
  },
});

const tokenSchema = z.looseObject({ access_token: z.string() });

describe('APIs for the tokens of a user pool', () => {
  const notes: string[] = [];
  const backend = createServer((_, response) => response.end('let in'));
  let endpoint: Endpoint;
  let outputs: Readonly<Record<string, string>>;

  before(async () => {
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
    endpoint = await startEndpoint({
      port: 0,
      persist: undefined,
      onError: (error) => assert.fail(String(error)),
      onNote: (text) => notes.push(text),
    });
    outputs = await deploy('shop-local');
  });
  after(async () => {
    await endpoint.close();
    backend.close();
  });

  async function deploy(StackName: string, PoolArn = ''): Promise<Readonly<Record<string, string>>> {
    const address = backend.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const client = new CloudFormationClient({
      endpoint: endpoint.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const Parameters = [{ ParameterKey: 'PoolArn', ParameterValue: PoolArn }];
    const TemplateBody = JSON.stringify(templateFor(`http://127.0.0.1:${port}/`));
    await client.send(new CreateStackCommand({ StackName, TemplateBody, Parameters }));
    await waitUntilStackCreateComplete({ client, maxWaitTime: 20, minDelay: 0.1, maxDelay: 0.1 }, { StackName });
    client.destroy();
    return endpoint.stacks().find(({ name }) => name === StackName)?.outputs ?? assert.fail();
  }

  const tokenFor = async (request: Readonly<Record<string, string>>): Promise<string> => {
    const body = new URLSearchParams({ sub: 'alice', pool: outputs.PoolId ?? '', audience: 'web', ...request });
    const answer: unknown = await (await fetch(`${endpoint.url}/_local/oidc/token`, { method: 'POST', body })).json();
    return tokenSchema.parse(answer).access_token;
  };
  const call = async (path: string, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${endpoint.url}/_aws/execute-api/${path}/`, { headers });
    return { status: response.status, body: await response.text() };
  };
  const restPath = (of = outputs) => `${of.RestApiId}/local`;
  const httpPath = () => `${outputs.HttpApiId}/$default`;
  /** What the REST API and the HTTP API answer. */
  const statuses = async (token?: string) => [
    (await call(restPath(), token)).status,
    (await call(httpPath(), token)).status,
  ];

  it('let a token with the scope in, and no request without one', async () => {
    const token = await tokenFor({ scopes: 'tasks/read' });
    assert.deepEqual(await call(restPath(), token), { status: 200, body: 'let in' });
    assert.deepEqual(await call(httpPath(), token), { status: 200, body: 'let in' });
    assert.deepEqual(await statuses(), [401, 401]);
    assert.deepEqual(await statuses('nonsense'), [401, 401]);
  });

  it('refuse one without the scope, of another issuer, or out of its time', async () => {
    assert.deepEqual(await statuses(await tokenFor({ scopes: 'tasks/write' })), [401, 403]);
    const form = new URLSearchParams({ sub: 'alice', scopes: 'tasks/read', audience: outputs.ClientId ?? '' });
    const answer: unknown = await (await fetch(`${endpoint.url}/_local/oidc/token?${form}`)).json();
    assert.deepEqual(await statuses(tokenSchema.parse(answer).access_token), [401, 401]);
    const later = JSON.stringify({ nbf: Math.floor(Date.now() / 1000) + 600 });
    assert.deepEqual(await statuses(await tokenFor({ scopes: 'tasks/read', claims: later })), [401, 401]);
    const expired = await tokenFor({ scopes: 'tasks/read', expiresIn: '-60' });
    assert.deepEqual(await statuses(expired), [401, 401]);
    assert.equal((await call(restPath(), expired)).body, '{"message":"The incoming token has expired"}');
  });

  it('take any client of the pool at the REST API, and the one of the audience at the HTTP API', async () => {
    assert.deepEqual(await statuses(await tokenFor({ scopes: 'tasks/read', audience: 'other' })), [200, 401]);
  });

  it('refuse a token that somebody else signed, whatever it says', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const claims = JSON.parse(
      Buffer.from((await tokenFor({ scopes: 'tasks/read' })).split('.')[1] ?? '', 'base64url').toString(),
    );
    const kid = (await exportJWK(publicKey)).n?.slice(0, 8) ?? '';
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
    assert.deepEqual(await statuses(forged), [401, 401]);
  });

  it('refuse every token of a pool that is in no stack, and say why once', async () => {
    const far = await deploy('far-local', 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_far');
    const token = await new SignJWT({ iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_far' })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .sign((await generateKeyPair('RS256')).privateKey);
    for (let i = 0; i < 2; i++) assert.equal((await call(restPath(far), token)).status, 401);
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? '', /User pool eu-west-1_far is in no stack here/);
  });

  it('find the keys of a pool where Amazon Cognito has them, and no page for other pools', async () => {
    const page = `${endpoint.url}/${outputs.PoolId}/.well-known`;
    const discovery: unknown = await (await fetch(`${page}/openid-configuration`)).json();
    assert.deepEqual(z.looseObject({ issuer: z.string(), jwks_uri: z.string() }).parse(discovery), {
      issuer: `https://cognito-idp.us-east-1.amazonaws.com/${outputs.PoolId}`,
      jwks_uri: `${page}/jwks.json`,
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    });
    for (const missing of [`${endpoint.url}/us-east-1_none/.well-known/jwks.json`, `${page}/other.json`]) {
      assert.equal((await fetch(missing)).status, 404);
    }
  });
});
