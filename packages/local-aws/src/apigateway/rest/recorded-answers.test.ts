import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type TestContext, test } from 'node:test';
import * as z from 'zod';
import type { JsonObject } from '../../core/json.ts';
import { functionUri, startTestGateway } from './test-gateway.fixture.ts';

// What AWS answered when LocalStack recorded it: tests/aws/services/apigateway/*.snapshot.json of its repository. The
// names of its tests stand at the tests.

/** A server whose answers a test sees through the gateway. */
async function startServer(
  t: TestContext,
  answer: (
    body: string,
    received: IncomingHttpHeaders,
  ) => { status?: number; headers?: Record<string, string>; body: string },
) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { status = 200, headers = {}, body } = answer(Buffer.concat(chunks).toString(), request.headers);
    response
      .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length, ...headers })
      .end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return `http://127.0.0.1:${address.port}/`;
}

function method(Integration: JsonObject, ResponseParameters: JsonObject = {}): JsonObject {
  return { Integration, MethodResponses: [{ StatusCode: '200', ResponseParameters }] };
}

/** A method that forwards to a server, with one template for requests and one for answers. */
function forward(Uri: string, response: string, request?: string): JsonObject {
  return method({
    Type: 'HTTP',
    IntegrationHttpMethod: 'POST',
    Uri,
    ...(request === undefined ? {} : { RequestTemplates: { 'application/json': request } }),
    IntegrationResponses: [{ StatusCode: '200', ResponseTemplates: { 'application/json': response } }],
  });
}

function mock(request: string, response?: string): JsonObject {
  return method({
    Type: 'MOCK',
    RequestTemplates: { 'application/json': request },
    IntegrationResponses: [
      {
        StatusCode: '200',
        SelectionPattern: '2\\d{2}',
        ...(response === undefined ? {} : { ResponseTemplates: { 'application/json': response } }),
      },
    ],
  });
}

test('test_aws_proxy_response_payload_format_validation', async (t) => {
  let result: unknown;
  const gateway = await startTestGateway(t, { lambda: () => result });
  const api = await gateway.deploy({ 'POST /test': {} });
  const cases: readonly [result: unknown, status: number, body: string, header?: string][] = [
    [{ statusCode: 200 }, 200, ''],
    [{ statusCode: 200, headers: null }, 200, ''],
    [{ statusCode: 200, wrongValue: 'value' }, 502, '{"message": "Internal server error"}'],
    [{ statusCode: 200, body: 'dGVzdC1kYXRh', isBase64Encoded: true }, 200, 'dGVzdC1kYXRh'],
    [{ statusCode: 200, multiValueHeaders: { 'test-multi': ['value1', 'value2'] } }, 200, '', 'value1, value2'],
    [
      {
        statusCode: 200,
        multiValueHeaders: { 'test-multi': ['value-multi'] },
        headers: { 'test-multi': 'value-solo' },
      },
      200,
      '',
      'value-multi, value-solo',
    ],
    [
      {
        statusCode: 200,
        multiValueHeaders: { 'tesT-Multi': ['value-multi'] },
        headers: { 'test-multi': 'value-solo' },
      },
      200,
      '',
      'value-multi, value-solo',
    ],
    [{ statusCode: 200, multiValueHeaders: { a: 'value1' } }, 502, '{"message": "Internal server error"}'],
    [{ statusCode: 'test' }, 502, '{"message": "Internal server error"}'],
    [{ statusCode: '201' }, 201, ''],
    ['justAString', 502, '{"message": "Internal server error"}'],
    [{ headers: { 'test-header': 'value' } }, 200, ''],
  ];
  for (const [next, status, body, header] of cases) {
    result = next;
    const answer = await api.send('POST', '/test');
    const told = JSON.stringify(next);
    assert.deepEqual([answer.status, answer.headers['test-multi']], [status, header], told);
    assert.equal(answer.body, body.replace(': ', ':'), told);
  }
});

test('test_input_path_template_formatting', async (t) => {
  const uri = await startServer(t, (body) => ({ body: `{"json":${body || 'null'}}` }));
  const described =
    '{"body": $result, "nested": $result.nested, "isNull": #if( $result == $null )"true"#else"false"#end, "isEmptyString": #if( $result == "" )"true"#else"false"#end}';
  const json = '#set($result = $input.path("$.json"))';
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({
    'POST /path': forward(uri, `${json}$result`),
    'POST /nested': forward(uri, `${json}$result.nested`),
    'POST /list': forward(uri, `${json}$result[0]`),
    'POST /to-string': forward(uri, `${json}$result.toString()`),
    'POST /invalid-path': forward(uri, `#set($result = $input.path("$.nonExisting"))${described}`),
    'POST /nested-list': forward(uri, `#set($result = $input.path("$.json.listValue"))${described}`),
  });
  for (const [path, body, expected] of [
    ['/path', { foo: 'bar' }, '{foo=bar}'],
    ['/path', [{ foo: 'bar' }], '[{"foo":"bar"}]'],
    ['/nested', { nested: { foo: 'bar' } }, '{foo=bar}'],
    ['/nested', { nested: [{ foo: 'bar' }] }, '[{"foo":"bar"}]'],
    ['/list', [{ foo: 'bar' }], '{foo=bar}'],
    ['/list', [[{ foo: 'bar' }]], '[{"foo":"bar"}]'],
    ['/path', { foo: [{ nested: 'bar' }] }, '{foo=[{"nested":"bar"}]}'],
    ['/path', { bigger: 'dict', to: 'test', with: 'separators' }, '{bigger=dict, to=test, with=separators}'],
    ['/to-string', { foo: 'bar' }, '{foo=bar}'],
    ['/to-string', { list: [{ foo: 'bar' }] }, '{list=[{"foo":"bar"}]}'],
    ['/invalid-path', undefined, '{"body": , "nested": , "isNull": "true", "isEmptyString": "true"}'],
    ['/nested-list', { listValue: [] }, '{"body": [], "nested": , "isNull": "false", "isEmptyString": "false"}'],
    ['/nested-list', { listValue: null }, '{"body": , "nested": , "isNull": "true", "isEmptyString": "true"}'],
  ] as const) {
    const answer = await api.send('POST', path, body === undefined ? {} : { body: JSON.stringify(body) });
    assert.equal(answer.body, expected, `${path} ${JSON.stringify(body)}`);
  }
});

test('test_input_body_formatting', async (t) => {
  const uri = await startServer(t, (body) => ({ body }));
  const raw = '#set($result = $input.body)$result';
  const inText = 'Action=SendMessage&MessageBody=$input.body';
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({
    'POST /raw-body': forward(uri, raw, raw),
    'POST /str-body-input': forward(uri, raw, inText),
    'POST /str-body-output': forward(uri, inText, raw),
    'POST /str-body-all': forward(uri, inText, inText),
    'POST /body-attr-access': forward(uri, raw, '#set($result = $input.body.testAccess)$result'),
    'POST /url-encode': forward(
      uri,
      raw,
      'EncodedBody=$util.urlEncode($input.body)&EncodedBodyAccess=$util.urlEncode($input.body.testAccess)',
    ),
  });
  const bodies = [undefined, '{"some": "value"}', 'some raw data'];
  const message = 'Action=SendMessage&MessageBody=';
  for (const [path, expected] of [
    ['/raw-body', ['{}', '{"some": "value"}', 'some raw data']],
    ['/str-body-input', [`${message}{}`, `${message}{"some": "value"}`, `${message}some raw data`]],
    ['/str-body-output', [`${message}{}`, `${message}{"some": "value"}`, `${message}some raw data`]],
    [
      '/str-body-all',
      [`${message}${message}{}`, `${message}${message}{"some": "value"}`, `${message}${message}some raw data`],
    ],
    ['/body-attr-access', ['{}', '{}', '{}']],
    [
      '/url-encode',
      [
        'EncodedBody=%7B%7D&EncodedBodyAccess=',
        'EncodedBody=%7B%22some%22%3A+%22value%22%7D&EncodedBodyAccess=',
        'EncodedBody=some+raw+data&EncodedBodyAccess=',
      ],
    ],
  ] as const) {
    for (const [index, body] of bodies.entries()) {
      const answer = await api.send('POST', path, body === undefined ? {} : { body });
      assert.equal(answer.body, expected[index], `${path} ${body}`);
    }
  }
});

test('test_integration_mock_with_response_override_in_request_template', async (t) => {
  const request = `
    #set($context.responseOverride.status = 444)
    #set($context.responseOverride.header.foo = "bar")
    #set($context.responseOverride.custom = "is also passed around")
    {"statusCode": 200}`;
  const response =
    '{"status":"$context.responseOverride.status","foo":"$context.responseOverride.header.foo","custom":"$context.responseOverride.custom"}';
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /with': mock(request, response), 'GET /without': mock(request) });
  for (const [path, body] of [
    ['/with', '{"status":"444","foo":"bar","custom":"is also passed around"}'],
    ['/without', ''],
  ] as const) {
    const answer = await api.send('GET', path);
    assert.deepEqual([answer.status, answer.headers.foo, answer.body], [444, 'bar', body]);
  }
});

test('test_integration_mock_with_vtl_map_assignation', async (t) => {
  const request = `
    #set($paramName = "foo")
    #set($context.requestOverride.querystring[$paramName] = "bar")
    #set($paramPutName = "putfoo")
    $context.requestOverride.querystring.put($paramPutName, "putBar")
    #set($context["requestOverride"].querystring["nestedfoo"] = "nestedFoo")
    {"statusCode": 200}`;
  const read = (name: string) => `"$context.requestOverride.querystring["${name}"]"`;
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({
    'GET /': mock(request, `[${read('foo')},${read('putfoo')},${read('nestedfoo')}]`),
  });
  const answer = await api.send('GET', '/');
  assert.deepEqual([answer.status, answer.body], [200, '["bar","putBar","nestedFoo"]']);
});

test('test_invocation_trace_id', async (t) => {
  const uri = await startServer(t, () => ({ body: '{}' }));
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({
    'POST /mock': mock('{"statusCode": 200}'),
    'POST /proxy': {},
    'POST /http': forward(uri, '{}'),
    'POST /http-proxy': method({ Type: 'HTTP_PROXY', IntegrationHttpMethod: 'POST', Uri: uri }),
  });
  const traceId = 'Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1';
  for (const [path, has] of [
    ['/mock', false],
    ['/proxy', true],
    ['/http', true],
    ['/http-proxy', false],
  ] as const) {
    const answer = await api.send('POST', path, { headers: { 'X-Amzn-Trace-Id': traceId } });
    assert.equal('x-amzn-trace-id' in answer.headers, has, path);
  }
});

test('test_apigateway_header_remapping: headers that no request can have', async (t) => {
  const uri = await startServer(t, () => ({ body: '{}' }));
  const gateway = await startTestGateway(t);
  const http = ['Content-Length', 'Transfer-Encoding'];
  const all = [...http, 'Authorization', 'Connection', 'Expect', 'Proxy-Authenticate', 'TE'];
  for (const [Type, Uri, names] of [
    ['HTTP', uri, http],
    ['HTTP_PROXY', uri, http],
    ['AWS', functionUri, all],
    ['AWS_PROXY', functionUri, all],
  ] as const) {
    const integration = (name: string) => ({
      Type,
      Uri,
      IntegrationHttpMethod: 'POST',
      RequestParameters: { [`integration.request.header.${name}`]: "'1'" },
      IntegrationResponses: [{ StatusCode: '200' }],
    });
    const api = await gateway.deploy(
      Object.fromEntries([...names, 'Accept'].map((name) => [`GET /${name}`, method(integration(name))])),
    );
    for (const name of names) {
      const answer = await api.send('GET', `/${name}`);
      assert.deepEqual([answer.status, answer.body], [500, '{"message":"Internal server error"}'], `${Type} ${name}`);
      assert.equal(answer.headers['x-amzn-errortype'], 'InternalServerErrorException');
    }
    assert.equal((await api.send('GET', '/Accept')).status, 200, Type);
  }
});

test('test_apigateway_header_remapping: headers of answers', async (t) => {
  const plain = [
    'Accept',
    'Accept-Charset',
    'Accept-Encoding',
    'Age',
    'Pragma',
    'Range',
    'Referer',
    'TE',
    'Via',
    'Warn',
  ];
  const remapped = [
    'Authorization',
    'Connection',
    'Content-Length',
    'Content-MD5',
    'Date',
    'Expect',
    'Host',
    'Max-Forwards',
    'Proxy-Authenticate',
    'Server',
    'Trailer',
    'Upgrade',
    'User-Agent',
    'WWW-Authenticate',
  ];
  const names = [...plain, ...remapped, 'Transfer-Encoding'];
  const parameters = names.map((name) => [`method.response.header.${name}`, `'mapped ${name}'`] as const);
  const uri = await startServer(t, () => ({ headers: { Server: 'gunicorn', Connection: 'keep-alive' }, body: '{}' }));
  const gateway = await startTestGateway(t, { lambda: () => ({}) });
  const api = await gateway.deploy({
    'GET /aws': method(
      {
        Type: 'AWS',
        IntegrationHttpMethod: 'POST',
        Uri: functionUri,
        IntegrationResponses: [{ StatusCode: '200', ResponseParameters: Object.fromEntries(parameters) }],
      },
      Object.fromEntries(parameters.map(([name]) => [name, true])),
    ),
    'GET /http-proxy': method({ Type: 'HTTP_PROXY', IntegrationHttpMethod: 'GET', Uri: uri }),
  });
  const { status, headers } = await api.send('GET', '/aws');
  assert.equal(status, 200);
  for (const name of plain) assert.equal(headers[name.toLowerCase()], `mapped ${name}`);
  for (const name of remapped) {
    assert.equal(headers[`x-amzn-remapped-${name.toLowerCase()}`], `mapped ${name}`);
    assert.notEqual(headers[name.toLowerCase()], `mapped ${name}`);
  }
  assert.doesNotMatch(JSON.stringify(headers), /mapped Transfer-Encoding/);

  const proxied = (await api.send('GET', '/http-proxy')).headers;
  assert.deepEqual(
    Object.keys(proxied)
      .filter((name) => name.startsWith('x-amzn-remapped-'))
      .sort(),
    ['x-amzn-remapped-connection', 'x-amzn-remapped-content-length', 'x-amzn-remapped-date', 'x-amzn-remapped-server'],
  );
  assert.equal(proxied['x-amzn-remapped-server'], 'gunicorn');
});

test('test_routing_not_found', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /existing': {} });
  for (const [verb, path] of [
    ['GET', '/random-path'],
    ['POST', '/existing'],
  ] as const) {
    const answer = await api.send(verb, path);
    assert.deepEqual(
      [answer.status, answer.headers['x-amzn-errortype'], JSON.parse(answer.body)],
      [403, 'MissingAuthenticationTokenException', { message: 'Missing Authentication Token' }],
    );
  }
});

test('test_apigateway_api, test_put_integration_validation: what is refused when it is created', async (t) => {
  const gateway = await startTestGateway(t);
  const { physicalId: RestApiId, attributes } = await gateway.create('RestApi', { Name: 'recorded' });
  const root = String(attributes.RootResourceId);
  const resource = (PathPart: string, ParentId = root) => gateway.create('Resource', { RestApiId, ParentId, PathPart });
  const methodOf = (properties: JsonObject) =>
    gateway.create('Method', {
      RestApiId,
      ResourceId: root,
      HttpMethod: 'GET',
      AuthorizationType: 'NONE',
      ...properties,
    });
  const integration = (Type: string, Uri: string, IntegrationHttpMethod = 'POST') =>
    methodOf({ Integration: { Type, Uri, Credentials: 'arn:aws:iam::000000000000:role/x', IntegrationHttpMethod } });
  const model = (Name: string, schema: JsonObject) =>
    gateway.create('Model', { RestApiId, Name, ContentType: 'application/json', ...schema });
  await resource('pets');
  const { physicalId: greedy } = await resource('{proxy+}');
  await model('Known', { Schema: { type: 'object' } });

  const onlyLambda =
    /^Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations\./;
  for (const [call, expected] of [
    [() => gateway.create('RestApi', { Name: 'x', Description: '' }), 'Description cannot be an empty string'],
    ...[-1, 10_485_761].map(
      (MinimumCompressionSize) =>
        [
          () => gateway.create('RestApi', { Name: 'x', MinimumCompressionSize }),
          'Invalid minimum compression size, must be between 0 and 10485760',
        ] as const,
    ),
    [
      () => gateway.create('RestApi', { Name: 'x', EndpointConfiguration: { Types: ['EDGE', 'REGIONAL'] } }),
      'Cannot create an api with multiple Endpoint Types.',
    ],
    [
      () => gateway.create('RestApi', { Name: 'x', EndpointConfiguration: { Types: [] } }),
      'REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.',
    ],
    [() => resource('pets'), 'Another resource with the same parent already has this name: pets'],
    [
      () => resource('{dynamic}'),
      'A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed',
    ],
    [() => resource('child', greedy), 'Cannot create a child of a resource with a greedy path variable: {proxy+}'],
    [
      () => methodOf({ RequestParameters: { 'method.request.querystring.q': true, 'method.request.header.q': true } }),
      'Parameter names must be unique across querystring, header and path',
    ],
    ...['CUSTOM', 'COGNITO_USER_POOLS'].map(
      (AuthorizationType) =>
        [
          () => methodOf({ AuthorizationType }),
          'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
        ] as const,
    ),
    [() => methodOf({ RequestValidatorId: 'none' }), 'Invalid Request Validator identifier specified'],
    [
      () => methodOf({ RequestModels: { 'application/json': 'petModel' } }),
      'Invalid model identifier specified: petModel',
    ],
    ...(['HTTP', 'HTTP_PROXY', 'AWS'] as const).map(
      (Type) =>
        [
          () => integration(Type, Type === 'AWS' ? functionUri : 'http://example.com', ''),
          'Enumeration value for HttpMethod must be non-empty',
        ] as const,
    ),
    ...['HTTP', 'HTTP_PROXY'].map(
      (Type) => [() => integration(Type, 'non-uri'), /^Invalid HTTP endpoint specified for URI/] as const,
    ),
    ...['AWS', 'AWS_PROXY'].flatMap((Type) => [
      [() => integration(Type, 'not-an-arn'), 'Invalid ARN specified in the request'] as const,
      [
        () => integration(Type, 'arn:aws:lambda:us-east-1:000000000000:function:x'),
        'AWS ARN for integration must contain path or action',
      ] as const,
    ]),
    [() => integration('AWS_PROXY', 'arn:aws:apigateway:us-east-1:s3:path/bucket/key'), onlyLambda],
    [() => integration('AWS_PROXY', 'arn:aws:apigateway:us-east-1:dynamodb:action/PutItem'), onlyLambda],
    [() => model('Known', { Schema: { type: 'object' } }), 'Model name already exists for this REST API'],
    ...[{}, { Schema: '' }].map(
      (schema) =>
        [() => model('Other', schema), 'Model schema must have at least 1 property or array items defined'] as const,
    ),
  ] as const) {
    await assert.rejects(call, { message: expected });
  }
});

test('test_lambda_aws_proxy_integration', async (t) => {
  let event: JsonObject = {};
  const gateway = await startTestGateway(t, {
    lambda: (received) => {
      event = received;
      return { statusCode: 200 };
    },
  });
  const api = await gateway.deploy({ 'ANY /{proxy+}': {} });
  for (const [path, seen, context, proxy] of [
    ['/proxy-value', '/proxy-value', '/dev/proxy-value', 'proxy-value'],
    ['/proxy-value/', '/proxy-value/', '/dev/proxy-value/', 'proxy-value'],
    ['/a//double-slash', '/a//double-slash', '/dev/a//double-slash', 'a//double-slash'],
    ['//proxy-value', '/proxy-value', '/dev//proxy-value', 'proxy-value'],
    ['/a/test%2Balias@b.c/d+e', '/a/test%2Balias@b.c/d+e', '/dev/a/test%2Balias@b.c/d+e', 'a/test%2Balias@b.c/d+e'],
  ] as const) {
    await api.send('GET', path);
    const { path: contextPath } = z.object({ path: z.string() }).parse(event.requestContext);
    assert.deepEqual([event.path, contextPath, event.pathParameters], [seen, context, { proxy }], path);
  }

  await api.send('GET', '/api?plus=test+alias&email=test%2Balias&category=electronics&category=books&zhash=abort/');
  assert.deepEqual(event.queryStringParameters, {
    plus: 'test alias',
    email: 'test+alias',
    category: 'books',
    zhash: 'abort/',
  });
  assert.deepEqual(event.multiValueQueryStringParameters, {
    plus: ['test alias'],
    email: ['test+alias'],
    category: ['electronics', 'books'],
    zhash: ['abort/'],
  });
});

test('test_http_integration_method: headers of requests', async (t) => {
  let received: IncomingHttpHeaders = {};
  const uri = await startServer(t, (_body, headers) => {
    received = headers;
    return { headers: { 'x-amzn-RequestId': 'its-own' }, body: '{}' };
  });
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({
    'POST /http': forward(uri, ''),
    'POST /http-proxy': method({ Type: 'HTTP_PROXY', IntegrationHttpMethod: 'POST', Uri: uri }),
  });
  const headers = { 'User-Agent': 'test/integration', Accept: 'text/plain', 'X-Own': 'own' };
  const sent = async (path: string, body?: string) => {
    const answer = await api.send('POST', path, { headers, ...(body === undefined ? {} : { body }) });
    assert.match(received['x-amzn-trace-id']?.toString() ?? '', /^Root=1-/);
    assert.equal(received['x-amzn-apigateway-api-id'], api.id);
    const { accept, 'content-type': type, 'user-agent': agent, 'x-own': own } = received;
    return [answer, [accept, type, agent, own]] as const;
  };
  const agent = `AmazonAPIGateway_${api.id}`;
  assert.deepEqual((await sent('/http', '{}'))[1], ['application/json', 'application/json', agent, undefined]);
  assert.deepEqual((await sent('/http'))[1], ['application/json', undefined, agent, undefined]);
  const [answer, passed] = await sent('/http-proxy', '{}');
  assert.deepEqual(passed, ['text/plain', 'application/json', 'test/integration', 'own']);
  assert.equal(answer.headers['x-amzn-remapped-x-amzn-requestid'], 'its-own');
});

test('test_http_integration_invoke_status_code_passthrough', async (t) => {
  const uri = await startServer(t, (body) => ({ status: Number(JSON.parse(body).status), body: '{}' }));
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({
    'POST /http': method({
      Type: 'HTTP',
      IntegrationHttpMethod: 'POST',
      Uri: uri,
      IntegrationResponses: [{ StatusCode: '200' }],
    }),
    'POST /http-proxy': method({ Type: 'HTTP_PROXY', IntegrationHttpMethod: 'POST', Uri: uri }),
  });
  for (const [path, status, expected] of [
    ['/http', 200, 200],
    ['/http', 400, 200],
    ['/http-proxy', 200, 200],
    ['/http-proxy', 400, 400],
  ] as const) {
    const answer = await api.send('POST', path, { body: JSON.stringify({ status }) });
    assert.equal(answer.status, expected, `${path} ${status}`);
  }
});
