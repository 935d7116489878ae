import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventOf, functionArn, startTestApi } from './test-api.ts';

describe('the event of payload format 2.0', () => {
  it('has every part of a request, in the form that AWS documents', async (t) => {
    const api = await startTestApi(t, { functions: { list: () => 'ok' } });
    const apiId = await api.makeApi({}, { StageVariables: { color: 'blue' } });
    await api.makeRoute(apiId, 'POST /pets/{id}', 'list');
    await api.send(apiId, '/pets/a%20b?x=1&x=2&y=%C3%A9', {
      method: 'POST',
      headers: { 'X-Twice': ['1', '2'], Cookie: 'a=1; b=2', 'User-Agent': 'test', 'Content-Type': 'application/json' },
      body: '{"n":1}',
    });
    const [invocation] = api.invocations;
    assert.ok(invocation);
    assert.equal(invocation.functionName, functionArn('list'));
    assert.deepEqual(invocation.principal, {
      kind: 'service',
      service: 'apigateway.amazonaws.com',
      sourceArn: `arn:aws:execute-api:us-east-1:000000000000:${apiId}/$default/POST/pets/{id}`,
    });
    const { requestContext, headers, ...event } = eventOf(invocation);
    assert.deepEqual(event, {
      version: '2.0',
      routeKey: 'POST /pets/{id}',
      rawPath: '/pets/a b',
      rawQueryString: 'x=1&x=2&y=%C3%A9',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { x: '1,2', y: 'é' },
      pathParameters: { id: 'a b' },
      stageVariables: { color: 'blue' },
      body: '{"n":1}',
      isBase64Encoded: false,
    });
    const { 'x-amzn-trace-id': traceId, ...rest } = Object.fromEntries(Object.entries(headers ?? {}));
    assert.match(String(traceId), /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    assert.deepEqual(rest, {
      'content-length': '7',
      'content-type': 'application/json',
      host: `${apiId}.execute-api.localhost:${api.port}`,
      'user-agent': 'test',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': String(api.port),
      'x-forwarded-proto': 'http',
      'x-twice': '1,2',
    });
    const { requestId, ...restOfContext } = Object.fromEntries(Object.entries(requestContext ?? {}));
    assert.match(String(requestId), /^[\w+/]{15}=$/);
    assert.deepEqual(restOfContext, {
      accountId: '000000000000',
      apiId,
      domainName: `${apiId}.execute-api.localhost`,
      domainPrefix: apiId,
      http: { method: 'POST', path: '/pets/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      routeKey: 'POST /pets/{id}',
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: Date.UTC(2026, 0, 1),
    });
  });

  it('leaves out what is not there', async (t) => {
    const api = await startTestApi(t, { functions: { list: () => 'ok' } });
    const apiId = await api.makeApi();
    await api.makeRoute(apiId, '$default', 'list');
    await api.send(apiId, '/');
    const [invocation] = api.invocations;
    assert.ok(invocation);
    assert.deepEqual(Object.keys(eventOf(invocation)), [
      'version',
      'routeKey',
      'rawPath',
      'rawQueryString',
      'headers',
      'requestContext',
      'isBase64Encoded',
    ]);
    assert.equal(
      invocation.principal.kind === 'service' && invocation.principal.sourceArn,
      `arn:aws:execute-api:us-east-1:000000000000:${apiId}/$default/$default`,
    );
  });

  it('hands on text, JSON, XML and JavaScript as text and everything else as base64', async (t) => {
    const api = await startTestApi(t, {
      functions: { echo: ({ body, isBase64Encoded }) => ({ body, isBase64Encoded }) },
    });
    const apiId = await api.makeApi();
    await api.makeRoute(apiId, 'POST /', 'echo');
    const echo = async (contentType: string | undefined) => {
      const headers = contentType === undefined ? {} : { 'content-type': contentType };
      return JSON.parse((await api.send(apiId, '/', { method: 'POST', headers, body: 'a=é' })).body);
    };
    const text = { body: 'a=é', isBase64Encoded: false };
    const base64 = { body: Buffer.from('a=é').toString('base64'), isBase64Encoded: true };
    for (const type of ['text/plain', 'TEXT/CSV', 'application/json; charset=utf-8', 'application/xml']) {
      assert.deepEqual(await echo(type), text, type);
    }
    for (const type of ['application/x-www-form-urlencoded', 'image/png', 'application/octet-stream', undefined]) {
      assert.deepEqual(await echo(type), base64, type);
    }
  });

  it('names a custom domain as the domain of the request', async (t) => {
    const api = await startTestApi(t, { functions: { list: () => 'ok' } });
    const apiId = await api.makeApi();
    await api.makeRoute(apiId, 'GET /all', 'list');
    await api.makeDomain('api.localhost');
    await api.make('AWS::ApiGatewayV2::ApiMapping', 'Mapping', {
      ApiId: apiId,
      DomainName: 'api.localhost',
      Stage: '$default',
      ApiMappingKey: 'pets',
    });
    assert.equal((await api.send(apiId, '/pets/all', { host: `api.localhost:${api.port}` })).status, 200);
    const [invocation] = api.invocations;
    assert.ok(invocation);
    const { rawPath, requestContext } = eventOf(invocation);
    assert.equal(rawPath, '/all');
    assert.equal(new Map(Object.entries(requestContext ?? {})).get('domainName'), 'api.localhost');
  });
});

describe('the event of payload format 1.0', () => {
  it('has null for what is not there, all values beside the last, and the route as its resource', async (t) => {
    const api = await startTestApi(t, { functions: { list: () => ({ statusCode: 200 }) } });
    const apiId = await api.makeApi({}, { StageName: 'dev' });
    await api.makeRoute(apiId, 'GET /pets/{id}', 'list', { integration: { PayloadFormatVersion: '1.0' } });
    await api.send(apiId, '/dev/pets/7?x=1&x=2', { headers: { cookie: 'a=1', 'x-a': ['1', '2'] } });
    const [invocation] = api.invocations;
    assert.ok(invocation);
    const { requestContext, headers, multiValueHeaders, ...event } = eventOf(invocation);
    assert.deepEqual(event, {
      version: '1.0',
      resource: '/pets/{id}',
      path: '/dev/pets/7',
      httpMethod: 'GET',
      queryStringParameters: { x: '2' },
      multiValueQueryStringParameters: { x: ['1', '2'] },
      pathParameters: { id: '7' },
      stageVariables: null,
      body: null,
      isBase64Encoded: false,
    });
    assert.equal(new Map(Object.entries(headers ?? {})).get('cookie'), 'a=1');
    assert.deepEqual(new Map(Object.entries(multiValueHeaders ?? {})).get('x-a'), ['1', '2']);
    const context = new Map(Object.entries(requestContext ?? {}));
    assert.equal(context.get('resourceId'), 'GET /pets/{id}');
    assert.equal(context.get('path'), '/dev/pets/7');
    assert.equal(context.get('stage'), 'dev');
  });

  it('has the path that the client of a custom domain asked for, base path and all', async (t) => {
    const api = await startTestApi(t, { functions: { list: () => ({ statusCode: 200 }) } });
    const apiId = await api.makeApi({}, { StageName: 'dev' });
    await api.makeRoute(apiId, 'GET /all', 'list', { integration: { PayloadFormatVersion: '1.0' } });
    await api.makeDomain('api.localhost');
    const mapping = { ApiId: apiId, DomainName: 'api.localhost', Stage: 'dev' };
    await api.make('AWS::ApiGatewayV2::ApiMapping', 'Mapping', { ...mapping, ApiMappingKey: 'pets' });
    await api.make('AWS::ApiGatewayV2::ApiMapping', 'Root', mapping);
    const host = `api.localhost:${api.port}`;
    for (const path of ['/pets/all', '/all']) {
      assert.equal((await api.send(apiId, path, { host })).status, 200);
      const { path: seen, requestContext } = eventOf(api.invocations.at(-1) ?? assert.fail());
      assert.deepEqual([seen, new Map(Object.entries(requestContext ?? {})).get('path')], [path, path]);
    }
  });
});
