import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { createModelChecker } from './request-validation.ts';
import { startTestGateway, TestApi } from './test-gateway.fixture.ts';

const userSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 100 },
    tags: { type: 'array', minItems: 2, maxItems: 2, items: { type: 'string' } },
    age: { type: 'integer', minimum: 0 },
  },
};

/** `POST /users` with a validator of both kinds, deployed to the stage `v`. */
async function deployValidated(
  t: Parameters<typeof startTestGateway>[0],
  Schema: JsonValue,
  validator: JsonObject = { ValidateRequestBody: true, ValidateRequestParameters: true },
): Promise<TestApi> {
  const gateway = await startTestGateway(t);
  const { physicalId: RestApiId, attributes } = await gateway.create('RestApi', { Name: 'validated' });
  await gateway.create('Model', { RestApiId, Name: 'User', ContentType: 'application/json', Schema });
  const { physicalId: RequestValidatorId } = await gateway.create('RequestValidator', { RestApiId, ...validator });
  const { physicalId: ResourceId } = await gateway.create('Resource', {
    RestApiId,
    ParentId: String(attributes.RootResourceId),
    PathPart: 'users',
  });
  await gateway.create('Method', {
    RestApiId,
    ResourceId,
    HttpMethod: 'POST',
    RequestValidatorId,
    RequestModels: { 'application/json': 'User' },
    RequestParameters: {
      'method.request.querystring.limit': true,
      'method.request.header.X-Who': 'true',
      'method.request.querystring.optional': false,
    },
    Integration: {
      Type: 'MOCK',
      RequestTemplates: { 'application/json': '{"statusCode":200}' },
      IntegrationResponses: [{ StatusCode: '200' }],
    },
    MethodResponses: [{ StatusCode: '200' }],
  });
  const { physicalId: DeploymentId } = await gateway.create('Deployment', { RestApiId });
  await gateway.create('Stage', { RestApiId, StageName: 'v', DeploymentId });
  return new TestApi(gateway, RestApiId);
}

const post = (api: TestApi, body: string, path = '/users?limit=1', headers: Record<string, string> = {}) =>
  api.send('POST', path, { stage: 'v', body, headers: { 'X-Who': 'me', ...headers } });

test('missing parameters are named, and checked before the body', async (t) => {
  const api = await deployValidated(t, userSchema);
  for (const [path, headers, message] of [
    ['/users', {}, 'Missing required request parameters: [limit]'],
    ['/users?limit=', {}, 'Missing required request parameters: [limit]'],
    ['/users', { 'X-Who': ' ' }, 'Missing required request parameters: [limit, X-Who]'],
  ] as const) {
    const answer = await post(api, 'no json', path, headers);
    assert.equal(answer.status, 400);
    assert.deepEqual(JSON.parse(answer.body), { message });
    assert.equal(answer.headers['x-amzn-errortype'], 'BadRequestException');
  }
});

test('a body is checked against its model', async (t) => {
  const api = await deployValidated(t, userSchema);
  for (const [body, status] of [
    ['{"name":"Ann"}', 200],
    ['{"name":"Ann","age":3}', 200],
    // API Gateway does not look at minItems and maxItems.
    ['{"name":"Ann","tags":["a"]}', 200],
    ['{"name":""}', 400],
    ['{"name":"Ann","more":1}', 400],
    ['{"name":"Ann","age":-1}', 400],
    ['{"name":"Ann","tags":[1]}', 400],
    ['', 400],
    ['[]', 400],
    ['no json', 400],
    ['{"name":"Ann"', 400],
  ] as const) {
    const answer = await post(api, body);
    assert.equal(answer.status, status, body);
    if (status === 400) assert.equal(answer.body, '{"message":"Invalid request body"}');
  }
});

test('a content type without a model is not checked', async (t) => {
  const api = await deployValidated(t, userSchema);
  assert.equal(
    (await post(api, '{}', '/users?limit=1', { 'Content-Type': 'application/json; charset=utf-8' })).status,
    400,
  );
  const other = await post(api, '{}', '/users?limit=1', { 'Content-Type': 'text/plain' });
  // It passes the validator; MOCK then has no template that would name a status.
  assert.equal(other.status, 500);
});

test('a validator checks only what its settings say', async (t) => {
  const api = await deployValidated(t, userSchema, { ValidateRequestBody: false, ValidateRequestParameters: true });
  assert.equal((await post(api, 'no json')).status, 200);
  assert.equal((await post(api, '{}', '/users')).status, 400);
});

test('no body makes the gateway fail', async (t) => {
  const api = await deployValidated(t, userSchema);
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), async (body) => {
      const { status } = await post(api, body);
      assert.ok(status === 200 || status === 400, `${status} for ${JSON.stringify(body)}`);
    }),
    { numRuns: 100 },
  );
  assert.deepEqual(api.gateway.errors, []);
});

test('models are JSON Schema draft 4: other keywords fail by name', async (t) => {
  const gateway = await startTestGateway(t);
  const { physicalId: RestApiId } = await gateway.create('RestApi', { Name: 'x' });
  const schema = { type: 'object', properties: { example: { type: 'string', example: 'x', nullable: true } } };
  await assert.rejects(
    gateway.create('Model', { RestApiId, Name: 'M', Schema: schema }),
    /Invalid model schema specified\. Unsupported keyword\(s\): \["example","nullable"\]/,
  );
  await assert.rejects(gateway.create('Model', { RestApiId, Name: 'not-good', Schema: {} }), /alphanumeric/);
});

test('a model refers to another by its URL, or as the OpenAPI description did', () => {
  const model = (name: string, schema: JsonValue) => ({ id: name, name, contentType: 'application/json', schema });
  for (const $ref of ['https://apigateway.amazonaws.com/restapis/abc/models/Name', '#/components/schemas/Name']) {
    const check = createModelChecker({
      Name: model('Name', { type: 'string', minLength: 2 }),
      Person: model('Person', { type: 'object', properties: { name: { $ref } } }),
    })('Person');
    assert.deepEqual(check(Buffer.from('{"name":"ab"}')), []);
    assert.deepEqual(check(Buffer.from('{"name":"a"}')), ['name must NOT have fewer than 2 characters']);
  }
});

test('a method that names no validator, model or parameter there is cannot be made', async (t) => {
  const gateway = await startTestGateway(t);
  const { physicalId: RestApiId, attributes } = await gateway.create('RestApi', { Name: 'unchecked' });
  const ResourceId = String(attributes.RootResourceId);
  const method = (request: JsonObject) =>
    gateway.create('Method', { RestApiId, ResourceId, HttpMethod: 'GET', ...request });
  await assert.rejects(method({ RequestValidatorId: 'nobody' }), {
    code: 'BadRequestException',
    message: 'Invalid Request Validator identifier specified',
  });
  await assert.rejects(method({ RequestModels: { 'application/json': 'Nothing' } }), {
    message: 'Invalid model identifier specified: Nothing',
  });
  await assert.rejects(method({ RequestParameters: { 'method.request.query.limit': true } }), {
    message: /Invalid mapping expression parameter specified: method\.request\.query\.limit/,
  });
  await method({ RequestModels: { 'application/json': 'Empty' } });
});
