import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../core/json.ts';
import { functionUri, startTestGateway } from './test-gateway.fixture.ts';

/** A MOCK method that answers 200 with a template, and 404 on request. */
function mock(integration: JsonObject, method: JsonObject = {}): JsonObject {
  return {
    Integration: {
      Type: 'MOCK',
      RequestTemplates: { 'application/json': '{"statusCode": 200}' },
      IntegrationResponses: [{ StatusCode: '200' }],
      ...integration,
    },
    MethodResponses: [{ StatusCode: '200' }],
    ...method,
  };
}

/** A method whose function answers through templates. */
function lambda(integration: JsonObject, method: JsonObject = {}): JsonObject {
  return {
    Integration: { Type: 'AWS', IntegrationHttpMethod: 'POST', Uri: functionUri, ...integration },
    MethodResponses: [{ StatusCode: '200' }],
    ...method,
  };
}

test('the preflight that osls writes: MOCK with mapped CORS headers', async (t) => {
  const gateway = await startTestGateway(t);
  const headers = ['Access-Control-Allow-Origin', 'Access-Control-Allow-Headers', 'Access-Control-Allow-Methods'];
  const api = await gateway.deploy({
    'OPTIONS /tasks': {
      MethodResponses: [
        {
          StatusCode: '200',
          ResponseParameters: Object.fromEntries(headers.map((name) => [`method.response.header.${name}`, true])),
          ResponseModels: {},
        },
      ],
      RequestParameters: {},
      Integration: {
        Type: 'MOCK',
        RequestTemplates: { 'application/json': '{statusCode:200}' },
        ContentHandling: 'CONVERT_TO_TEXT',
        IntegrationResponses: [
          {
            StatusCode: '200',
            ResponseParameters: {
              'method.response.header.Access-Control-Allow-Origin': "'*'",
              'method.response.header.Access-Control-Allow-Headers': "'Content-Type,Authorization'",
              'method.response.header.Access-Control-Allow-Methods': "'OPTIONS,GET'",
            },
            ResponseTemplates: { 'application/json': '' },
          },
        ],
      },
    },
  });
  const answer = await api.send('OPTIONS', '/tasks', {
    headers: { Origin: 'http://a.example', 'Access-Control-Request-Method': 'GET' },
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.body, '');
  assert.equal(answer.headers['access-control-allow-origin'], '*');
  assert.equal(answer.headers['access-control-allow-headers'], 'Content-Type,Authorization');
  assert.equal(answer.headers['access-control-allow-methods'], 'OPTIONS,GET');
  assert.equal(answer.headers['content-type'], 'application/json');
});

test('MOCK picks its response by the rendered status', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({
    'GET /x': mock(
      {
        RequestTemplates: {
          'application/json': '{"statusCode": #if($input.params("fail") == "yes")404#{else}200#end}',
        },
        IntegrationResponses: [
          { StatusCode: '200', ResponseTemplates: { 'application/json': '{"ok":true}' } },
          { StatusCode: '404', SelectionPattern: '4\\d{2}', ResponseTemplates: { 'application/json': '{"ok":false}' } },
        ],
      },
      { MethodResponses: [{ StatusCode: '200' }, { StatusCode: '404' }] },
    ),
  });
  assert.equal((await api.send('GET', '/x')).body, '{"ok":true}');
  const missing = await api.send('GET', '/x?fail=yes');
  assert.deepEqual([missing.status, missing.body], [404, '{"ok":false}']);
});

test('MOCK without a status in its template is a configuration error', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /x': mock({ RequestTemplates: {} }) });
  const answer = await api.send('GET', '/x');
  assert.deepEqual([answer.status, answer.body], [500, '{"message":"Internal server error"}']);
});

test('a request template makes the event of a function, a response template makes the answer', async (t) => {
  const events: JsonObject[] = [];
  const gateway = await startTestGateway(t, {
    lambda: (event) => {
      events.push(event);
      return { greeting: `Hello ${String(event.name)}` };
    },
  });
  const api = await gateway.deploy({
    'POST /greet/{id}': lambda({
      RequestTemplates: {
        'application/json': `{"name": $input.json('$.name'), "id": "$input.params('id')", "stage": "$context.stage"}`,
      },
      IntegrationResponses: [
        { StatusCode: '200', ResponseTemplates: { 'application/json': `{"said": $input.json('$.greeting')}` } },
      ],
    }),
  });
  const answer = await api.send('POST', '/greet/a%2Fb', { body: '{"name":"Ann","extra":1}' });
  assert.deepEqual(events, [{ name: 'Ann', id: 'a/b', stage: 'dev' }]);
  assert.deepEqual([answer.status, answer.body], [200, '{"said": "Hello Ann"}']);
});

test('a function that fails is matched by its whole error message', async (t) => {
  const gateway = await startTestGateway(t, { lambda: ({ message }) => new Error(String(message)) });
  const api = await gateway.deploy({
    'POST /x': lambda(
      {
        IntegrationResponses: [
          { StatusCode: '200' },
          {
            StatusCode: '404',
            SelectionPattern: 'Not found.*',
            ResponseTemplates: { 'application/json': `{"why":"$input.path('$.errorMessage')"}` },
          },
        ],
      },
      { MethodResponses: [{ StatusCode: '200' }, { StatusCode: '404' }] },
    ),
  });
  const fail = (message: string) => api.send('POST', '/x', { body: JSON.stringify({ message }) });
  const found = await fail('Not found: 7');
  assert.deepEqual([found.status, found.body], [404, '{"why":"Not found: 7"}']);
  const partly = await fail('was Not found');
  assert.equal(partly.status, 200);
  assert.match(partly.body, /"errorMessage":"was Not found"/);
});

test('a function that succeeds is not matched by a pattern for every error', async (t) => {
  const gateway = await startTestGateway(t, {
    lambda: ({ fails }) => (fails === true ? new Error('broken') : { done: true }),
  });
  const api = await gateway.deploy({
    'POST /x': lambda(
      { IntegrationResponses: [{ StatusCode: '200' }, { StatusCode: '500', SelectionPattern: '.+' }] },
      { MethodResponses: [{ StatusCode: '200' }, { StatusCode: '500' }] },
    ),
  });
  const done = await api.send('POST', '/x', { body: '{}' });
  assert.deepEqual([done.status, done.body], [200, '{"done":true}']);
  assert.equal((await api.send('POST', '/x', { body: '{"fails":true}' })).status, 500);
});

test('without a matching or default response the answer is a 500', async (t) => {
  const gateway = await startTestGateway(t, { lambda: () => ({}) });
  const api = await gateway.deploy({
    'POST /x': lambda({ IntegrationResponses: [{ StatusCode: '200', SelectionPattern: 'never' }] }),
  });
  assert.equal((await api.send('POST', '/x')).status, 500);
});

test('only mapped headers reach the client, and connection headers under another name', async (t) => {
  const gateway = await startTestGateway(t, { lambda: () => ({ id: 7, list: [1], 'a.b': 'c' }) });
  const parameters = ['X-Id', 'X-List', 'X-Stage', 'X-Static', 'X-Nothing', 'WWW-Authenticate', 'Content-Type'];
  const api = await gateway.deploy({
    'POST /x': lambda(
      {
        IntegrationResponses: [
          {
            StatusCode: '200',
            ResponseParameters: {
              'method.response.header.X-Id': 'integration.response.body.id',
              'method.response.header.X-List': 'integration.response.body.list',
              'method.response.header.X-Stage': 'context.stage',
              'method.response.header.X-Static': "'it is'",
              'method.response.header.X-Nothing': 'integration.response.header.Nothing',
              'method.response.header.WWW-Authenticate': "'Basic'",
              'method.response.header.Content-Type': "'application/vnd.test+json'",
            },
          },
        ],
      },
      {
        MethodResponses: [
          {
            StatusCode: '200',
            ResponseParameters: Object.fromEntries(parameters.map((name) => [`method.response.header.${name}`, false])),
          },
        ],
      },
    ),
  });
  const { headers } = await api.send('POST', '/x');
  assert.equal(headers['x-id'], '7');
  assert.equal(headers['x-list'], '[1]');
  assert.equal(headers['x-stage'], 'dev');
  assert.equal(headers['x-static'], 'it is');
  assert.equal(headers['x-nothing'], undefined);
  assert.equal(headers['x-amzn-remapped-www-authenticate'], 'Basic');
  assert.equal(headers['content-type'], 'application/vnd.test+json');
});

test('a template overrides status and headers of the answer', async (t) => {
  const gateway = await startTestGateway(t, { lambda: () => ({}) });
  const template = `#if($input.path('$.Item') == "")#set($context.responseOverride.status = 404)#set($context.responseOverride.header.Retry-After = "1"){"code":"NotFound"}#end`;
  const api = await gateway.deploy({
    'POST /x': lambda({
      IntegrationResponses: [{ StatusCode: '200', ResponseTemplates: { 'application/json': template } }],
    }),
  });
  const answer = await api.send('POST', '/x');
  assert.equal(answer.status, 404);
  assert.equal(answer.headers['retry-after'], '1');
  assert.equal(answer.body, '{"code":"NotFound"}');
});

test('the request template is chosen by content type, and what has none passes or is a 415', async (t) => {
  const gateway = await startTestGateway(t, { lambda: (event) => event });
  const templates = { 'application/json': '{"json":true}', 'application/xml': '{"xml":true}' };
  const method = (PassthroughBehavior: string, RequestTemplates: JsonObject = templates): JsonObject =>
    lambda({ PassthroughBehavior, RequestTemplates, IntegrationResponses: [{ StatusCode: '200' }] });
  const api = await gateway.deploy({
    'POST /match': method('WHEN_NO_MATCH'),
    'POST /templates': method('WHEN_NO_TEMPLATES'),
    'POST /none': method('WHEN_NO_TEMPLATES', {}),
    'POST /never': method('NEVER', {}),
  });
  const post = async (path: string, type?: string) => {
    const answer = await api.send('POST', path, {
      headers: type === undefined ? {} : { 'Content-Type': type },
      body: '{"passed":true}',
    });
    return `${answer.status} ${answer.body}`;
  };
  assert.equal(await post('/match'), '200 {"json":true}');
  assert.equal(await post('/match', 'application/json; charset=utf-8'), '200 {"json":true}');
  assert.equal(await post('/match', 'application/xml'), '200 {"xml":true}');
  assert.equal(await post('/match', 'text/plain'), '200 {"passed":true}');
  assert.equal(await post('/templates', 'text/plain'), '415 {"message":"Unsupported Media Type"}');
  assert.equal(await post('/none', 'text/plain'), '200 {"passed":true}');
  assert.equal(await post('/never'), '415 {"message":"Unsupported Media Type"}');
});

test('the response template is chosen by Accept, then JSON, then the first', async (t) => {
  const gateway = await startTestGateway(t, { lambda: () => ({}) });
  const respond = (ResponseTemplates: JsonObject) =>
    lambda({ IntegrationResponses: [{ StatusCode: '200', ResponseTemplates }] });
  const api = await gateway.deploy({
    'POST /both': respond({ 'text/html': '<p>', 'application/json': '{"a":1}' }),
    'POST /html': respond({ 'text/html': '<p>' }),
  });
  const html = await api.send('POST', '/both', { headers: { Accept: 'image/png, text/html' } });
  assert.deepEqual([html.body, html.headers['content-type']], ['<p>', 'text/html']);
  assert.equal((await api.send('POST', '/both', { headers: { Accept: '*/*' } })).body, '{"a":1}');
  assert.equal((await api.send('POST', '/html')).body, '<p>');
});

test('a body that a template cannot read as JSON is the client’s fault, a broken template is not', async (t) => {
  const gateway = await startTestGateway(t, { lambda: () => ({}) });
  const api = await gateway.deploy({
    'POST /read': lambda({
      RequestTemplates: { 'application/json': "$input.json('$.a')" },
      IntegrationResponses: [{ StatusCode: '200' }],
    }),
    'POST /broken': lambda({
      RequestTemplates: { 'application/json': '$input.body.frobnicate()' },
      IntegrationResponses: [{ StatusCode: '200' }],
    }),
  });
  const malformed = await api.send('POST', '/read', { body: '{"a":' });
  assert.equal(malformed.status, 400);
  assert.match(malformed.body, /^\{"message":"Could not parse request body into json: /);
  assert.equal((await api.send('POST', '/broken', { body: '{}' })).status, 500);
});

// test_lifecycle_integration_response in test_apigateway_api.snapshot.json of LocalStack: the call is accepted.
test('a status that the method does not declare fails when a request gets it', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /x': mock({ IntegrationResponses: [{ StatusCode: '201' }] }) });
  const { status, body } = await api.send('GET', '/x');
  assert.deepEqual([status, body], [500, '{"message":"Internal server error"}']);
});

test('what a template or mapping cannot be made of fails when it is created, by name', async (t) => {
  const gateway = await startTestGateway(t);
  const cases: [JsonObject, RegExp][] = [
    [mock({ RequestTemplates: { 'application/json': '#if(true)' } }), /#if without #end at line 1/],
    [
      mock({
        IntegrationResponses: [{ StatusCode: '200', ResponseParameters: { 'method.response.header.X': "'1'" } }],
      }),
      /Invalid mapping expression parameter specified: method\.response\.header\.X/,
    ],
    [
      lambda({ RequestParameters: { 'integration.request.header.X': 'method.request.querystring.limit' } }),
      /Invalid mapping expression parameter specified: method\.request\.querystring\.limit/,
    ],
    [lambda({ RequestParameters: { 'integration.request.cookie.X': "'1'" } }), /integration\.request\.cookie\.X/],
    [lambda({ ConnectionType: 'VPC_LINK' }), /Integration\.ConnectionType/],
    [
      lambda({
        Uri: 'arn:aws:apigateway:us-east-1:states:action/StartExecution',
        Credentials: 'arn:aws:iam::000000000000:role/r',
      }),
      /Integrations with states:action are not supported here/,
    ],
    [
      lambda({ Uri: 'arn:aws:apigateway:us-east-1:dynamodb:action/GetItem' }),
      /Role ARN must be specified for AWS integrations/,
    ],
  ];
  for (const [method, problem] of cases) {
    await assert.rejects(gateway.deploy({ 'GET /x': method }, { api: { Name: 'broken' } }), problem);
  }
});
