import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { issuerWithPages } from '../../oidc/issuer.fixture.ts';
import { eventOf, FunctionError, functionArn, startTestApi, type TestFunction } from './test-api.ts';

/** What the function behind the route sees of its caller. */
const seen: TestFunction = ({ requestContext }) =>
  new Map(Object.entries(requestContext ?? {})).get('authorizer') ?? 'nobody';

async function startJwt(t: TestContext, route: JsonObject = {}) {
  const api = await startTestApi(t, {
    functions: { seen },
    pages: (url, clock) => issuerWithPages({ clock, url }).pages,
  });
  const apiId = await api.makeApi();
  const { physicalId: AuthorizerId } = await api.make('AWS::ApiGatewayV2::Authorizer', 'Jwt', {
    ApiId: apiId,
    Name: 'jwt',
    AuthorizerType: 'JWT',
    IdentitySource: ['$request.header.Authorization'],
    JwtConfiguration: { Audience: ['local'], Issuer: `${api.url()}/_local/oidc` },
  });
  await api.makeRoute(apiId, 'GET /', 'seen', { route: { AuthorizationType: 'JWT', AuthorizerId, ...route } });
  const token = async (query: Record<string, string>): Promise<string> => {
    const reply = await api.send(apiId, `/_local/oidc/token?${new URLSearchParams(query)}`, { host: 'localhost' });
    return JSON.parse(reply.body).access_token;
  };
  const get = (authorization?: string) =>
    api.send(apiId, '/', { headers: authorization === undefined ? {} : { authorization } });
  return { ...api, get, token };
}

describe('a JWT authorizer', () => {
  it('lets a token of the local issuer in, as Bearer or alone, and hands its claims on as text', async (t) => {
    const { get, token } = await startJwt(t);
    const jwt = await token({ sub: 'alice', scopes: 'read', claims: '{"groups":["a","b"],"n":1,"yes":true}' });
    const reply = await get(`Bearer ${jwt}`);
    assert.equal(reply.status, 200);
    const { jwt: identity } = JSON.parse(reply.body);
    assert.equal(identity.scopes, null);
    assert.equal(identity.claims.sub, 'alice');
    assert.equal(identity.claims.groups, '[a b]');
    assert.equal(identity.claims.n, '1');
    assert.equal(identity.claims.yes, 'true');
    assert.match(identity.claims.exp, /^\d+$/);
    assert.equal((await get(jwt)).status, 200);
  });

  it('answers 401 without a token and with a bad one', async (t) => {
    const { get, token, clock } = await startJwt(t);
    const missing = await get();
    assert.deepEqual([missing.status, missing.body], [401, '{"message":"Unauthorized"}']);
    assert.equal(missing.headers['www-authenticate'], 'Bearer');
    const foreign = await get(`Bearer ${await token({ sub: 'alice', audience: 'elsewhere' })}`);
    assert.equal(foreign.status, 401);
    assert.equal(
      foreign.headers['www-authenticate'],
      'Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"',
    );
    const short = await token({ sub: 'alice', expiresIn: '60' });
    assert.equal((await get(short)).status, 200);
    await clock.advance(60_000);
    assert.equal((await get(short)).status, 401);
  });

  it("answers 403 to a token without any of the route's scopes", async (t) => {
    const { get, token, invocations } = await startJwt(t, { AuthorizationScopes: ['write', 'admin'] });
    const refused = await get(await token({ sub: 'alice', scopes: 'read' }));
    assert.deepEqual([refused.status, refused.body], [403, '{"message":"Forbidden"}']);
    assert.match(String(refused.headers['www-authenticate']), /insufficient_scope/);
    assert.equal(invocations.length, 0);
    const reply = await get(await token({ sub: 'alice', scopes: 'read,write' }));
    assert.deepEqual(JSON.parse(reply.body).jwt.scopes, ['write']);
  });
});

async function startLambda(t: TestContext, decide: TestFunction, authorizer: JsonObject = {}) {
  const api = await startTestApi(t, { functions: { seen, decide } });
  const apiId = await api.makeApi();
  const { physicalId: AuthorizerId } = await api.make('AWS::ApiGatewayV2::Authorizer', 'Custom', {
    ApiId: apiId,
    Name: 'custom',
    AuthorizerType: 'REQUEST',
    AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn('decide')}/invocations`,
    AuthorizerPayloadFormatVersion: '2.0',
    EnableSimpleResponses: true,
    IdentitySource: ['$request.header.Authorization', '$request.querystring.tenant'],
    ...authorizer,
  });
  for (const key of ['GET /a', 'GET /b']) {
    await api.makeRoute(apiId, key, 'seen', { route: { AuthorizationType: 'CUSTOM', AuthorizerId } });
  }
  const get = (path: string, authorization?: string) =>
    api.send(apiId, path, { headers: authorization === undefined ? {} : { authorization } });
  const decisions = () => api.invocations.filter(({ functionName }) => functionName === functionArn('decide'));
  return { ...api, apiId, AuthorizerId, get, decisions };
}

describe('a Lambda authorizer', () => {
  it('asks the function with the request and hands its context on', async (t) => {
    const { get, decisions, apiId, AuthorizerId } = await startLambda(t, () => ({
      isAuthorized: true,
      context: { user: 'alice', n: 1 },
    }));
    const reply = await get('/a?tenant=t1', 'secret');
    assert.deepEqual(JSON.parse(reply.body), { lambda: { user: 'alice', n: 1 } });
    const [asked] = decisions();
    assert.ok(asked);
    const arn = `arn:aws:execute-api:us-east-1:000000000000:${apiId}`;
    assert.deepEqual(asked.principal, {
      kind: 'service',
      service: 'apigateway.amazonaws.com',
      sourceArn: `${arn}/authorizers/${AuthorizerId}`,
    });
    const event = eventOf(asked);
    assert.equal(event.type, 'REQUEST');
    assert.equal(event.routeArn, `${arn}/$default/GET/a`);
    assert.deepEqual(event.identitySource, ['secret', 't1']);
    assert.equal(event.routeKey, 'GET /a');
    assert.equal('body' in event || 'isBase64Encoded' in event, false);
  });

  it('refuses without asking when an identity source is missing', async (t) => {
    const { get, decisions } = await startLambda(t, () => ({ isAuthorized: true }));
    assert.equal((await get('/a?tenant=t1')).status, 401);
    assert.equal((await get('/a', 'secret')).status, 401);
    assert.equal(decisions().length, 0);
  });

  it('answers 403 to a no and 500 to anything that is no answer', async (t) => {
    const answers: JsonValue[] = [{ isAuthorized: false }, { isAuthorized: 'yes' }, 'yes', null];
    const { get } = await startLambda(t, () => answers.shift());
    const refused = await get('/a?tenant=t', 's');
    assert.deepEqual([refused.status, refused.body], [403, '{"message":"Forbidden"}']);
    for (let i = 0; i < 3; i += 1) assert.equal((await get('/a?tenant=t', 's')).status, 500);
    const failing = await startLambda(t, () => {
      throw new FunctionError('no');
    });
    assert.equal((await failing.get('/a?tenant=t', 's')).status, 500);
  });

  it('keeps a decision by identity source for its time to live', async (t) => {
    const { get, decisions, clock } = await startLambda(t, () => ({ isAuthorized: true }), {
      AuthorizerResultTtlInSeconds: 60,
    });
    await get('/a?tenant=t1', 's');
    await get('/b?tenant=t1', 's');
    assert.equal(decisions().length, 1);
    await get('/a?tenant=t2', 's');
    assert.equal(decisions().length, 2);
    await clock.advance(60_000);
    await get('/a?tenant=t1', 's');
    assert.equal(decisions().length, 3);
  });

  it('evaluates a policy for each route, from the cache too', async (t) => {
    const policy = (apiId: string) => ({
      principalId: 'alice',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `arn:aws:execute-api:*:*:${apiId}/*/GET/*` },
          { Effect: 'Deny', Action: ['execute-api:*'], Resource: [`arn:aws:execute-api:*:*:${apiId}/*/GET/b`] },
        ],
      },
      context: { role: 'reader' },
    });
    const { get, decisions } = await startLambda(
      t,
      (event) => policy(String(new Map(Object.entries(event.requestContext ?? {})).get('apiId'))),
      { EnableSimpleResponses: false, AuthorizerPayloadFormatVersion: '1.0', AuthorizerResultTtlInSeconds: 60 },
    );
    assert.deepEqual(JSON.parse((await get('/a?tenant=t', 's')).body), { lambda: { role: 'reader' } });
    assert.equal((await get('/b?tenant=t', 's')).status, 403);
    assert.equal(decisions().length, 1);
    const [asked] = decisions();
    assert.ok(asked);
    const event = eventOf(asked);
    assert.deepEqual(
      [event.version, event.authorizationToken, event.httpMethod, event.resource],
      ['1.0', 's,t', 'GET', '/a'],
    );
    assert.match(String(event.methodArn), /\/\$default\/GET\/a$/);
  });
});

describe('an AWS_IAM route', () => {
  const signed = (key: string, service = 'execute-api') =>
    `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

  it('lets in who signed and may, and tells the function who it is', async (t) => {
    const asked: unknown[] = [];
    const api = await startTestApi(t, {
      functions: { seen },
      isAllowed: ({ principal, action, resource }) => {
        asked.push({ action, resource });
        return principal.kind === 'role';
      },
    });
    const apiId = await api.makeApi();
    await api.makeRoute(apiId, 'GET /x/{id}', 'seen', { route: { AuthorizationType: 'AWS_IAM' } });
    const get = (authorization?: string) =>
      api.send(apiId, '/x/1', { headers: authorization === undefined ? {} : { authorization } });
    const { accessKeyId } = api.credentials.issue('arn:aws:iam::000000000000:role/reader', 'session');

    const reply = await get(signed(accessKeyId));
    assert.equal(reply.status, 200);
    const { iam } = JSON.parse(reply.body);
    assert.equal(iam.accessKey, accessKeyId);
    assert.equal(iam.userArn, 'arn:aws:sts::000000000000:assumed-role/reader/session');
    const resource = `arn:aws:execute-api:us-east-1:000000000000:${apiId}/$default/GET/x/1`;
    assert.deepEqual(asked, [{ action: 'execute-api:Invoke', resource }]);

    for (const authorization of [undefined, 'Bearer x', signed(accessKeyId, 's3'), signed('AKIAOTHER')]) {
      const refused = await get(authorization);
      assert.deepEqual([refused.status, refused.body], [403, '{"message":"Forbidden"}']);
    }
  });
});
