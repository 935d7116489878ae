import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import type { JsonObject } from '../../core/json.ts';
import { functionUri, startTestGateway, TestApi, type TestFunction, type TestGateway } from './test-gateway.fixture.ts';

const authorizerUri = functionUri.replace('function:test', 'function:auth');

const policy = (Effect: string, Resource = '*', extra: JsonObject = {}): JsonObject => ({
  principalId: 'ann',
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
  ...extra,
});

/** Runs `authorize` for the authorizer's function and echoes the authorizer's context from any other. */
function withAuthorizer(authorize: TestFunction): TestFunction {
  return (event, request) =>
    request.functionName.endsWith(':auth')
      ? authorize(event, request)
      : { statusCode: 200, body: JSON.stringify(readAuthorizer(event)) };
}

function readAuthorizer({ requestContext }: JsonObject): unknown {
  return typeof requestContext === 'object' && requestContext !== null && 'authorizer' in requestContext
    ? requestContext.authorizer
    : null;
}

async function deployAuthorized(
  gateway: TestGateway,
  authorizer: JsonObject,
  method: JsonObject = {},
): Promise<TestApi> {
  const { physicalId: RestApiId, attributes } = await gateway.create('RestApi', { Name: 'authorized' });
  const { physicalId: AuthorizerId } = await gateway.create('Authorizer', { RestApiId, Name: 'a', ...authorizer });
  for (const PathPart of ['x', 'y']) {
    const { physicalId: ResourceId } = await gateway.create('Resource', {
      RestApiId,
      ParentId: String(attributes.RootResourceId),
      PathPart,
    });
    await gateway.create('Method', {
      RestApiId,
      ResourceId,
      HttpMethod: 'GET',
      AuthorizationType: authorizer.Type === 'COGNITO_USER_POOLS' ? 'COGNITO_USER_POOLS' : 'CUSTOM',
      AuthorizerId,
      Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: functionUri },
      ...method,
    });
  }
  const api = new TestApi(gateway, RestApiId);
  await api.deployStage({});
  return api;
}

const token = (value: string) => ({ headers: { Authorization: value } });

test('a token authorizer gets the token and its context reaches the function', async (t) => {
  const events: JsonObject[] = [];
  const gateway = await startTestGateway(t, {
    lambda: withAuthorizer((event) => {
      events.push(event);
      return policy('Allow', '*', { context: { name: 'Ann', age: 7, admin: true } });
    }),
  });
  const api = await deployAuthorized(gateway, { Type: 'TOKEN', AuthorizerUri: authorizerUri });
  const answer = await api.send('GET', '/x', token('secret'));
  assert.deepEqual(events, [
    {
      type: 'TOKEN',
      methodArn: `arn:aws:execute-api:us-east-1:000000000000:${api.id}/dev/GET/x`,
      authorizationToken: 'secret',
    },
  ]);
  const { integrationLatency, ...context } = JSON.parse(answer.body);
  assert.equal(typeof integrationLatency, 'number');
  assert.deepEqual(context, { principalId: 'ann', name: 'Ann', age: '7', admin: 'true' });
});

test('who has no token, or one of the wrong form, is refused before the function is asked', async (t) => {
  let asked = 0;
  const gateway = await startTestGateway(t, {
    lambda: withAuthorizer(() => {
      asked++;
      return policy('Allow');
    }),
  });
  const api = await deployAuthorized(gateway, {
    Type: 'TOKEN',
    AuthorizerUri: authorizerUri,
    IdentityValidationExpression: 'Bearer .+',
  });
  for (const request of [{}, token(''), token('Basic x')]) {
    const answer = await api.send('GET', '/x', request);
    assert.deepEqual([answer.status, answer.body], [401, '{"message":"Unauthorized"}']);
    assert.equal(answer.headers['x-amzn-errortype'], 'UnauthorizedException');
  }
  assert.equal(asked, 0);
  assert.equal((await api.send('GET', '/x', token('Bearer x'))).status, 200);
});

test('what an authorizer answers decides', async (t) => {
  let verdict: unknown;
  const gateway = await startTestGateway(t, { lambda: withAuthorizer(() => verdict) });
  const api = await deployAuthorized(gateway, {
    Type: 'TOKEN',
    AuthorizerUri: authorizerUri,
    AuthorizerResultTtlInSeconds: 0,
  });
  const Statement = {
    Effect: 'Allow',
    Action: '*',
    Resource: '*',
    Condition: { Bool: { 'aws:SecureTransport': 'true' } },
  };
  const withCondition = { principalId: 'ann', policyDocument: { Statement } };
  for (const [next, status, body] of [
    [policy('Allow'), 200, undefined],
    [policy('Allow', `arn:aws:execute-api:us-east-1:000000000000:${api.id}/dev/GET/x`), 200, undefined],
    [
      policy('Deny'),
      403,
      '{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}',
    ],
    [
      policy('Allow', 'arn:aws:execute-api:*/prod/*'),
      403,
      '{"Message":"User is not authorized to access this resource"}',
    ],
    [new Error('Unauthorized'), 401, '{"message":"Unauthorized"}'],
    [new Error('broken'), 500, '{"message":null}'],
    [null, 500, '{"message":null}'],
    [{ principalId: 'ann' }, 500, '{"message":null}'],
    [policy('Allow', '*', { context: { nested: {} } }), 500, '{"message":null}'],
    [withCondition, 500, '{"message":null}'],
  ] as const) {
    verdict = next;
    const answer = await api.send('GET', '/x', token('t'));
    assert.equal(answer.status, status, JSON.stringify(next));
    if (body !== undefined) assert.equal(answer.body, body);
  }
});

test('an authorizer that answers nonsense is a failure of the API, not of the client', async (t) => {
  const gateway = await startTestGateway(t, { lambda: withAuthorizer(() => 'nonsense') });
  const api = await deployAuthorized(gateway, {
    Type: 'TOKEN',
    AuthorizerUri: authorizerUri,
    IdentitySource: 'method.request.header.Authorization',
  });
  for (const ResponseType of ['DEFAULT_4XX', 'DEFAULT_5XX']) {
    const ResponseParameters = { 'gatewayresponse.header.X-Default': `'${ResponseType}'` };
    await gateway.create('GatewayResponse', { RestApiId: api.id, ResponseType, ResponseParameters });
  }
  await api.deployStage({}, 'next');
  const answer = await api.send('GET', '/x', { ...token('a'), stage: 'next' });
  assert.deepEqual([answer.status, answer.headers['x-default']], [500, 'DEFAULT_5XX']);
});

test('a verdict is kept for its time, for this token and every method', async (t) => {
  const clock = new ManualClock();
  let asked = 0;
  const gateway = await startTestGateway(t, {
    clock,
    lambda: withAuthorizer(() => {
      asked++;
      return policy('Allow');
    }),
  });
  const api = await deployAuthorized(gateway, {
    Type: 'TOKEN',
    AuthorizerUri: authorizerUri,
    AuthorizerResultTtlInSeconds: 60,
  });
  await api.send('GET', '/x', token('one'));
  await api.send('GET', '/y', token('one'));
  assert.equal(asked, 1);
  await api.send('GET', '/x', token('two'));
  assert.equal(asked, 2);
  await clock.advance(60_000);
  await api.send('GET', '/x', token('one'));
  assert.equal(asked, 3);
});

test('a request authorizer sees the request, and needs every identity source', async (t) => {
  const events: JsonObject[] = [];
  const gateway = await startTestGateway(t, {
    lambda: withAuthorizer((event) => {
      events.push(event);
      return policy('Allow');
    }),
  });
  const api = await deployAuthorized(gateway, {
    Type: 'REQUEST',
    AuthorizerUri: authorizerUri,
    IdentitySource: 'method.request.header.X-Who, method.request.querystring.key, context.stage',
  });
  assert.equal((await api.send('GET', '/x?key=k')).status, 401);
  assert.equal((await api.send('GET', '/x', { headers: { 'X-Who': 'me' } })).status, 401);
  assert.equal((await api.send('GET', '/x?key=k', { headers: { 'X-Who': 'me' } })).status, 200);
  const [event] = events;
  assert.deepEqual(Object.keys(event ?? {}).sort(), [
    'headers',
    'httpMethod',
    'methodArn',
    'multiValueHeaders',
    'multiValueQueryStringParameters',
    'path',
    'pathParameters',
    'queryStringParameters',
    'requestContext',
    'resource',
    'stageVariables',
    'type',
  ]);
  assert.deepEqual([event?.type, event?.path, event?.queryStringParameters], ['REQUEST', '/x', { key: 'k' }]);
});

test('a user pool authorizer takes the tokens of its pool and shows their claims', async (t) => {
  const asked: unknown[] = [];
  const gateway = await startTestGateway(t, {
    lambda: withAuthorizer(() => undefined),
    gateway: {
      verifyJwt: async (jwt, requirement) => {
        asked.push([jwt, requirement]);
        if (jwt === 'bad' || jwt === 'old')
          return { ok: false, status: 401, isExpired: jwt === 'old', wwwAuthenticate: '' };
        const use = jwt === 'access' ? 'access' : 'id';
        const claims = { sub: 'ann', token_use: use, auth_time: 1, exp: 1_513_495_692, 'cognito:groups': ['a', 'b'] };
        return { ok: true, claims, scopes: [] };
      },
    },
  });
  const ProviderARNs = ['arn:aws:cognito-idp:us-east-1:000000000000:userpool/pool'];
  const api = await deployAuthorized(gateway, { Type: 'COGNITO_USER_POOLS', ProviderARNs });
  const answer = await api.send('GET', '/x', token('Bearer good'));
  assert.deepEqual(JSON.parse(answer.body), {
    claims: {
      sub: 'ann',
      token_use: 'id',
      auth_time: '1',
      exp: 'Sun Dec 17 07:28:12 UTC 2017',
      'cognito:groups': 'a,b',
    },
  });
  assert.deepEqual(asked, [['good', { issuer: 'https://cognito-idp.us-east-1.amazonaws.com/pool', scopes: [] }]]);
  for (const request of [{}, token('bad'), token('access')]) {
    assert.equal((await api.send('GET', '/x', request)).status, 401);
  }
  const expired = await api.send('GET', '/x', token('old'));
  assert.deepEqual([expired.status, expired.body], [401, '{"message":"The incoming token has expired"}']);
  const scoped = await deployAuthorized(
    gateway,
    { Type: 'COGNITO_USER_POOLS', ProviderARNs },
    { AuthorizationScopes: ['tasks/read'] },
  );
  assert.equal((await scoped.send('GET', '/x', token('good'))).status, 401);
  assert.equal((await scoped.send('GET', '/x', token('access'))).status, 200);
  assert.deepEqual(asked.at(-1), [
    'access',
    { issuer: 'https://cognito-idp.us-east-1.amazonaws.com/pool', scopes: ['tasks/read'] },
  ]);
});

test('a user pool authorizer takes the clients that its validation expression names whole', async (t) => {
  const gateway = await startTestGateway(t, {
    lambda: withAuthorizer(() => undefined),
    gateway: { verifyJwt: async (aud) => ({ ok: true, claims: { aud, token_use: 'id' }, scopes: [] }) },
  });
  const api = await deployAuthorized(gateway, {
    Type: 'COGNITO_USER_POOLS',
    ProviderARNs: ['arn:aws:cognito-idp:us-east-1:000000000000:userpool/pool'],
    IdentityValidationExpression: 'web|app',
  });
  const statuses = ['web', 'app', 'web2', 'other'].map(
    async (client) => (await api.send('GET', '/x', token(client))).status,
  );
  assert.deepEqual(await Promise.all(statuses), [200, 200, 401, 401]);
});

const signature = (service: string) => ({
  headers: {
    Authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
  },
});

test('AWS_IAM takes signed requests of who is allowed', async (t) => {
  let isAllowed = true;
  const resources: string[] = [];
  const gateway = await startTestGateway(t, {
    lambda: ({ requestContext }) => ({ statusCode: 200, body: JSON.stringify(requestContext) }),
    gateway: {
      isAllowed: ({ resource }) => {
        resources.push(resource);
        return isAllowed;
      },
    },
  });
  const api = await gateway.deploy({ 'GET /x': { AuthorizationType: 'AWS_IAM' } });
  for (const request of [{}, signature('s3')]) {
    const answer = await api.send('GET', '/x', request);
    assert.deepEqual([answer.status, answer.body], [403, '{"message":"Missing Authentication Token"}']);
  }
  const answer = await api.send('GET', '/x', signature('execute-api'));
  assert.equal(JSON.parse(answer.body).identity.userArn, 'arn:aws:iam::000000000000:root');
  isAllowed = false;
  const refused = await api.send('GET', '/x', signature('execute-api'));
  assert.equal(refused.status, 403);
  assert.match(refused.body, /is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api/);
  assert.equal(resources[0], `arn:aws:execute-api:us-east-1:000000000000:${api.id}/dev/GET/x`);
});

test('a method without an authorizer of the type that it asks for cannot be made', async (t) => {
  const gateway = await startTestGateway(t);
  const { physicalId: RestApiId, attributes } = await gateway.create('RestApi', { Name: 'a' });
  const { physicalId: pool } = await gateway.create('Authorizer', {
    RestApiId,
    Name: 'pool',
    Type: 'COGNITO_USER_POOLS',
    ProviderARNs: ['arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_pool'],
    IdentitySource: 'method.request.header.Authorization',
  });
  const method = (AuthorizationType: string, AuthorizerId?: string) =>
    gateway.create('Method', {
      RestApiId,
      ResourceId: String(attributes.RootResourceId),
      HttpMethod: 'GET',
      AuthorizationType,
      ...(AuthorizerId === undefined ? {} : { AuthorizerId }),
      Integration: { Type: 'MOCK' },
    });
  await assert.rejects(method('CUSTOM', 'nobody'), /Invalid authorizer ID specified/);
  await assert.rejects(method('COGNITO_USER_POOLS'), /Invalid authorizer ID specified/);
  await assert.rejects(method('CUSTOM', pool), /Invalid authorizer ID specified/);
  await method('COGNITO_USER_POOLS', pool);
});

test('a resource policy lets in whom it names', async (t) => {
  const gateway = await startTestGateway(t);
  const statement = (extra: JsonObject): JsonObject => ({
    Effect: 'Allow',
    Principal: '*',
    Action: 'execute-api:Invoke',
    Resource: 'execute-api:/*',
    ...extra,
  });
  const statusWith = async (...Statement: JsonObject[]) => {
    const api = await gateway.deploy({ 'GET /x': {} }, { api: { Policy: { Version: '2012-10-17', Statement } } });
    return (await api.send('GET', '/x')).status;
  };
  assert.equal(await statusWith(statement({})), 200);
  assert.equal(await statusWith(statement({ Resource: 'execute-api:/dev/GET/x' })), 200);
  assert.equal(await statusWith(statement({ Resource: 'execute-api:/prod/*' })), 403);
  const local = { 'aws:SourceIp': ['127.0.0.0/8'] };
  assert.equal(await statusWith(statement({ Condition: { IpAddress: local } })), 200);
  assert.equal(
    await statusWith(
      statement({}),
      statement({ Effect: 'Deny', Condition: { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
    ),
    403,
  );
  // What osls writes when there is no policy.
  const open = await gateway.deploy({ 'GET /x': {} }, { api: { Policy: '' } });
  assert.equal((await open.send('GET', '/x')).status, 200);
  await assert.rejects(
    statusWith(statement({ Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } })),
    /condition key aws:SourceVpce, which is not supported here/,
  );
});
