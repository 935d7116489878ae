import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import type { JsonObject } from '../../core/json.ts';
import { sendTo, startTestGateway, type TestFunction } from './test-gateway.fixture.ts';

const echo: TestFunction = (event) => ({ statusCode: 200, body: JSON.stringify(event) });

test('the event of a bare request has null for all that is absent', async (t) => {
  const clock = new ManualClock(Date.UTC(2026, 0, 9, 5, 3, 7));
  const gateway = await startTestGateway(t, { lambda: echo, clock });
  const api = await gateway.deploy({ 'GET /tasks': {} });
  const event = JSON.parse((await api.send('GET', '/tasks', { headers: { 'User-Agent': 'test' } })).body);

  assert.deepEqual(Object.keys(event).sort(), [
    'body',
    'headers',
    'httpMethod',
    'isBase64Encoded',
    'multiValueHeaders',
    'multiValueQueryStringParameters',
    'path',
    'pathParameters',
    'queryStringParameters',
    'requestContext',
    'resource',
    'stageVariables',
  ]);
  for (const name of [
    'body',
    'pathParameters',
    'queryStringParameters',
    'multiValueQueryStringParameters',
    'stageVariables',
  ]) {
    assert.equal(event[name], null, name);
  }
  assert.equal(event.isBase64Encoded, false);

  const { identity, ...context } = event.requestContext;
  assert.match(context.requestId, /^[0-9a-f-]{36}$/);
  assert.match(context.extendedRequestId, /^.{14}=$/);
  assert.equal(context.stage, 'dev');
  assert.equal(context.path, '/dev/tasks');
  assert.equal(context.resourcePath, '/tasks');
  assert.equal(context.accountId, '000000000000');
  assert.equal(context.apiId, api.id);
  assert.equal(context.protocol, 'HTTP/1.1');
  assert.equal(context.requestTime, '09/Jan/2026:05:03:07 +0000');
  assert.equal(context.requestTimeEpoch, clock.now());
  assert.equal(context.authorizer, undefined);
  assert.deepEqual(Object.keys(context).sort(), [
    'accountId',
    'apiId',
    'deploymentId',
    'domainName',
    'domainPrefix',
    'extendedRequestId',
    'httpMethod',
    'path',
    'protocol',
    'requestId',
    'requestTime',
    'requestTimeEpoch',
    'resourceId',
    'resourcePath',
    'stage',
  ]);
  assert.deepEqual(identity, {
    accessKey: null,
    accountId: null,
    caller: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: '127.0.0.1',
    user: null,
    userAgent: 'test',
    userArn: null,
  });
});

test('of a repeated query key the last value counts, and all of them are in the multi-value map', async (t) => {
  const gateway = await startTestGateway(t, { lambda: echo });
  const api = await gateway.deploy({ 'GET /tasks': {} });
  const event = JSON.parse((await api.send('GET', '/tasks?a=1&b=x+y%2B%C3%A9&a=2&empty&__proto__=p')).body);
  assert.deepEqual({ ...event.queryStringParameters }, JSON.parse('{"a":"2","b":"x y+é","empty":"","__proto__":"p"}'));
  assert.deepEqual(event.multiValueQueryStringParameters.a, ['1', '2']);
});

test('headers keep their case, and those of the connection are left out', async (t) => {
  const gateway = await startTestGateway(t, { lambda: echo });
  const api = await gateway.deploy({ 'POST /tasks': {} });
  const { headers, multiValueHeaders } = JSON.parse(
    (
      await api.send('POST', '/tasks', {
        headers: {
          'X-Twice': ['a', 'b'],
          'tEsT-HEADeR': 'v',
          'X-Forwarded-For': '10.0.0.1',
          'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793',
          Expect: '100-continue',
        },
        body: '{}',
      })
    ).body,
  );
  assert.equal(headers['X-Twice'], 'b');
  assert.deepEqual(multiValueHeaders['X-Twice'], ['a', 'b']);
  assert.equal(headers['tEsT-HEADeR'], 'v');
  assert.equal(headers['X-Forwarded-For'], '10.0.0.1, 127.0.0.1');
  assert.equal(headers['X-Forwarded-Proto'], 'http');
  assert.equal(headers['X-Amzn-Trace-Id'], 'Root=1-5759e988-bd862e3fe1be46a994272793');
  for (const dropped of ['connection', 'content-length', 'expect', 'transfer-encoding']) {
    assert.equal(
      Object.keys(headers).some((name) => name.toLowerCase() === dropped),
      false,
      dropped,
    );
  }
});

test('a text body arrives as it is, a body of a binary media type in base64', async (t) => {
  const gateway = await startTestGateway(t, { lambda: echo });
  const api = await gateway.deploy({ 'POST /x': {} }, { api: { BinaryMediaTypes: ['image~1*', 'application/pdf'] } });
  const post = async (type: string, body: Buffer): Promise<JsonObject> =>
    JSON.parse((await api.send('POST', '/x', { headers: { 'Content-Type': type }, body })).body);

  const text = await post('application/json; charset=utf-8', Buffer.from('{"a":"é"}'));
  assert.equal(text.body, '{"a":"é"}');
  assert.equal(text.isBase64Encoded, false);
  for (const type of ['image/png', 'application/pdf']) {
    const { body, isBase64Encoded } = await post(type, Buffer.from([0, 255, 1]));
    assert.equal(body, 'AP8B');
    assert.equal(isBase64Encoded, true);
  }
});

test('stage variables are in the event and choose the function', async (t) => {
  const invoked: string[] = [];
  const gateway = await startTestGateway(t, {
    lambda: (event, { functionName }) => {
      invoked.push(functionName);
      return { statusCode: 200, body: JSON.stringify(event.stageVariables) };
    },
  });
  const Uri =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how API Gateway spells a stage variable
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:${stageVariables.name}/invocations';
  const api = await gateway.deploy(
    { 'GET /x': { Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri } } },
    { stage: { Variables: { name: 'blue' } } },
  );
  assert.equal((await api.send('GET', '/x')).body, '{"name":"blue"}');
  assert.deepEqual(invoked, ['arn:aws:lambda:us-east-1:000000000000:function:blue']);
});

test('the function is invoked by API Gateway for this method, or as the role of the integration', async (t) => {
  const principals: unknown[] = [];
  const gateway = await startTestGateway(t, {
    lambda: (_event, { principal }) => {
      principals.push(principal);
      return { statusCode: 200 };
    },
  });
  const Uri =
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations';
  const Integration = { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri };
  const api = await gateway.deploy({
    'GET /tasks/{id}': { Integration },
    'POST /tasks': { Integration: { ...Integration, Credentials: 'arn:aws:iam::000000000000:role/caller' } },
  });
  await api.send('GET', '/tasks/7');
  await api.send('POST', '/tasks');
  assert.deepEqual(principals, [
    {
      kind: 'service',
      service: 'apigateway.amazonaws.com',
      sourceArn: `arn:aws:execute-api:us-east-1:000000000000:${api.id}/dev/GET/tasks/7`,
    },
    {
      kind: 'role',
      roleArn: 'arn:aws:iam::000000000000:role/caller',
      sessionName: 'BackplaneAssumeRoleSession',
      arn: 'arn:aws:sts::000000000000:assumed-role/caller/BackplaneAssumeRoleSession',
    },
  ]);
});

test('through a custom domain the event shows the path that the client sees', async (t) => {
  const gateway = await startTestGateway(t, { lambda: echo });
  const api = await gateway.deploy({ 'GET /tasks': {} });
  gateway.domains.add('api.example.com');
  for (const mapping of [
    { mappingId: 'a', stage: 'dev', basePath: 'v1' },
    { mappingId: 'b', stage: 'dev', basePath: 'v2/beta' },
    { mappingId: 'c', basePath: 'any' },
  ]) {
    gateway.domains.putMapping('api.example.com', { apiId: api.id, ...mapping });
  }
  for (const path of ['/v1/tasks', '/v2/beta/tasks', '/any/dev/tasks']) {
    const answer = await sendTo(`${gateway.endpoint}${path}`, 'GET', { host: 'api.example.com:4566' });
    const event = JSON.parse(answer.body);
    assert.equal(event.path, path);
    assert.equal(event.requestContext.path, path);
    assert.equal(event.requestContext.domainName, 'api.example.com');
    assert.equal(event.resource, '/tasks');
  }
});
