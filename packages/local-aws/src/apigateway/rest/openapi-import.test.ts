import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import type { JsonObject } from '../../core/json.ts';
import { functionUri, startTestGateway } from './test-gateway.fixture.ts';

const mock = (body: string): JsonObject => ({
  type: 'mock',
  requestTemplates: { 'application/json': '{"statusCode": 200}' },
  responses: { default: { statusCode: '200', responseTemplates: { 'application/json': body } } },
});

const answers = { 200: { description: 'ok', headers: { 'X-Id': { schema: { type: 'string' } } } } };

const pets: JsonObject = {
  openapi: '3.0.1',
  info: { title: 'pets', version: '1.2', description: 'All pets' },
  servers: [{ url: 'https://example.com/{stage}', variables: { stage: { default: 'v1' } } }],
  tags: [{ name: 'pets' }],
  'x-amazon-apigateway-request-validators': {
    all: { validateRequestBody: true, validateRequestParameters: true },
    none: { validateRequestBody: false, validateRequestParameters: false },
  },
  'x-amazon-apigateway-request-validator': 'all',
  'x-amazon-apigateway-binary-media-types': ['image/png'],
  'x-amazon-apigateway-gateway-responses': {
    DEFAULT_4XX: {
      statusCode: 422,
      responseParameters: { 'gatewayresponse.header.X-Error': "'yes'" },
      responseTemplates: {
        'application/json': '{"error":$context.error.messageString,"why":"$context.error.validationErrorString"}',
      },
    },
  },
  paths: {
    '/pets': {
      parameters: [{ $ref: '#/components/parameters/tenant' }],
      get: {
        operationId: 'listPets',
        deprecated: true,
        parameters: [
          { name: 'limit', in: 'query', required: true, schema: { type: 'integer', format: 'int32' } },
          { name: 'sid', in: 'cookie', schema: { type: 'string' } },
        ],
        responses: answers,
        'x-amazon-apigateway-integration': mock('{"limit":"$input.params(\'limit\')"}'),
      },
      post: {
        requestBody: { $ref: '#/components/requestBodies/Pet' },
        responses: { 200: { $ref: '#/components/responses/Ok' } },
        'x-amazon-apigateway-integration': mock('created'),
      },
      put: {
        'x-amazon-apigateway-request-validator': 'none',
        requestBody: { content: { 'application/json': { schema: { type: 'object', required: ['x'] } } } },
        responses: answers,
        'x-amazon-apigateway-integration': mock('put'),
      },
    },
    '/pets/{petId}/{rest+}': {
      'x-amazon-apigateway-any-method': {
        parameters: [
          { name: 'petId', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'X-Tenant', in: 'header', required: false, schema: { type: 'string' } },
        ],
        responses: answers,
        'x-amazon-apigateway-integration': mock("$input.params('petId')+$input.params('rest')"),
      },
    },
    '/function': {
      post: {
        'x-amazon-apigateway-integration': {
          type: 'aws_proxy',
          httpMethod: 'post',
          uri: functionUri,
          payloadFormatVersion: '1.0',
        },
        responses: {},
      },
    },
  },
  components: {
    parameters: { tenant: { name: 'X-Tenant', in: 'header', required: true, schema: { type: 'string' } } },
    requestBodies: {
      Pet: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' }, example: {} } } },
    },
    responses: {
      Ok: { description: 'ok', content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } } },
    },
    schemas: {
      Pet: {
        type: 'object',
        required: ['name', 'kind'],
        properties: { name: { type: 'string' }, kind: { $ref: '#/components/schemas/Kind' } },
      },
      Kind: { type: 'string', enum: ['cat', 'dog'] },
    },
  },
};

test('an OpenAPI description becomes an API with its validators, models and gateway responses', async (t) => {
  const gateway = await startTestGateway(t, { lambda: () => ({ statusCode: 200, body: 'from the function' }) });
  const api = await gateway.importApi(pets);
  const tenant = { 'X-Tenant': 't' };

  const listed = await api.send('GET', '/pets?limit=5', { headers: tenant });
  assert.deepEqual([listed.status, listed.body], [200, '{"limit":"5"}']);
  const missing = await api.send('GET', '/pets');
  assert.equal(missing.status, 422);
  assert.equal(missing.headers['x-error'], 'yes');
  assert.equal(JSON.parse(missing.body).error, 'Missing required request parameters: [X-Tenant, limit]');

  const created = await api.send('POST', '/pets', { headers: tenant, body: '{"name":"Tom","kind":"cat"}' });
  assert.deepEqual([created.status, created.body], [200, 'created']);
  const wrong = await api.send('POST', '/pets', { headers: tenant, body: '{"name":1,"kind":"cow"}' });
  assert.equal(wrong.status, 422);
  assert.deepEqual(JSON.parse(wrong.body), {
    error: 'Invalid request body',
    why: '[name must be string, kind must be equal to one of the allowed values]',
  });

  assert.equal((await api.send('PUT', '/pets', { body: '{}' })).body, 'put');
  assert.equal((await api.send('PATCH', '/pets/7/a/b')).body, '7+a/b');
  assert.equal((await api.send('POST', '/function')).body, 'from the function');
  assert.equal((await api.send('GET', '/pets/7')).status, 422);
});

test('YAML text is taken as well, and Swagger 2.0', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.importApi(stringify(pets));
  assert.equal((await api.send('PUT', '/pets', { body: '{}' })).body, 'put');

  const swagger = await gateway.importApi(
    {
      swagger: '2.0',
      info: { title: 'old', version: '1' },
      basePath: '/base',
      'x-amazon-apigateway-request-validators': { body: { validateRequestBody: true } },
      'x-amazon-apigateway-request-validator': 'body',
      paths: {
        '/things': {
          post: {
            consumes: ['application/json'],
            parameters: [{ in: 'body', name: 'thing', schema: { $ref: '#/definitions/Thing' } }],
            responses: { 200: { description: 'ok', schema: { $ref: '#/definitions/Thing' } } },
            'x-amazon-apigateway-integration': mock('ok'),
          },
        },
      },
      definitions: { Thing: { type: 'object', required: ['id'] } },
    },
    { Parameters: { basepath: 'prepend' } },
  );
  assert.equal((await swagger.send('POST', '/base/things', { body: '{"id":1}' })).body, 'ok');
  assert.equal((await swagger.send('POST', '/base/things', { body: '{}' })).status, 400);
});

test('every mistake of a description is reported with its place', async (t) => {
  const gateway = await startTestGateway(t);
  const operation = (extra: JsonObject): JsonObject => ({
    ...pets,
    paths: { '/x': { get: { responses: answers, 'x-amazon-apigateway-integration': mock('x'), ...extra } } },
  });
  const integration = (extra: JsonObject): JsonObject =>
    operation({ 'x-amazon-apigateway-integration': { ...mock('x'), ...extra } });
  const cases: [JsonObject, RegExp][] = [
    [{ ...pets, openapi: '3.1.0' }, /Unsupported specification version 3\.1\.0/],
    [{ ...pets, 'x-amazon-apigateway-cors': {} }, /x-amazon-apigateway-cors is not supported here/],
    [{ ...pets, security: [{ key: [] }] }, /ignores `security` at the root/],
    [operation({ 'x-amazon-apigateway-nonsense': 1 }), /'GET' on resource at path '\/x': x-amazon-apigateway-nonsense/],
    [
      operation({ 'x-amazon-apigateway-request-validator': 'none-such' }),
      /Request Validator identifier specified: none-such/,
    ],
    [
      operation({ parameters: [{ $ref: '#/components/parameters/nobody' }] }),
      /#\/components\/parameters\/nobody leads nowhere/,
    ],
    [operation({ parameters: [{ $ref: 'other.yml#/a' }] }), /external files/],
    [operation({ security: [{ mystery: [] }] }), /the security scheme mystery has no x-amazon-apigateway-authorizer/],
    [integration({ type: 'grpc' }), /type grpc is not known/],
    [integration({ tlsConfig: {} }), /tlsConfig is not supported here/],
    [integration({ connectionType: 'VPC_LINK' }), /connectionType VPC_LINK/],
    [integration({ type: 'aws_proxy' }), /uri is missing/],
    [{ ...pets, paths: { '/a{b}c': { get: {} } } }, /a path parameter is a whole segment/],
    [{ ...pets, paths: { '/{a}': {}, '/{b}/c': {} } }, /sibling \(\{a\}\) of this resource already has a variable/],
    [
      { ...pets, components: { schemas: { Bad_Name: {} } } },
      /Unable to create model for 'Bad_Name': Model name must be alphanumeric/,
    ],
    [
      {
        ...pets,
        components: { schemas: { M: { properties: { a: { type: 'string', example: 'x', readOnly: true } } } } },
      },
      /Unsupported keyword\(s\): \["example","readOnly"\]/,
    ],
  ];
  for (const [body, problem] of cases) {
    await assert.rejects(gateway.create('RestApi', { Body: body }), problem);
  }
  await assert.rejects(gateway.create('RestApi', { Body: '{"openapi": ' }), /malformed document/);
  await assert.rejects(
    gateway.create('RestApi', { BodyS3Location: { Bucket: 'b', Key: 'k' } }),
    /unsupported property BodyS3Location/,
  );
  const doubled = { ...pets, 'x-amazon-apigateway-cors': {}, components: { schemas: { Bad_Name: {} } } };
  await assert.rejects(gateway.create('RestApi', { Body: doubled }), /cors[\s\S]*Bad_Name/);
});

test('a property that an operation cannot be deployed with is reported with method and path', async (t) => {
  const gateway = await startTestGateway(t);
  const body = {
    ...pets,
    paths: {
      '/x': {
        get: {
          responses: {},
          'x-amazon-apigateway-integration': { type: 'mock', requestTemplates: { 'application/json': '#if(true)' } },
        },
      },
    },
  };
  await assert.rejects(gateway.importApi(body), /GET \/x: .*#if without #end/);
  const none = { ...pets, paths: { '/x': { get: { responses: {} } } } };
  await assert.rejects(gateway.importApi(none), /No integration defined for method GET \/x/);
});

test('an updated body replaces the API, and the stage serves it from the next deployment on', async (t) => {
  const gateway = await startTestGateway(t);
  const bodyOf = (text: string, path: string): JsonObject => ({
    ...pets,
    paths: { [path]: { get: { responses: answers, 'x-amazon-apigateway-integration': mock(text) } } },
  });
  const type = gateway.gateway.resourceTypes.find((candidate) => candidate.type === 'AWS::ApiGateway::RestApi');
  assert.ok(type);
  const context = { stackName: 's', stackId: 's', logicalId: 'Api', region: 'us-east-1', tags: {} };
  const properties = { Body: bodyOf('one', '/one') };
  const state = await type.create(properties, context);
  const first = await gateway.create('Deployment', { RestApiId: state.physicalId });
  await gateway.create('Stage', { RestApiId: state.physicalId, StageName: 'dev', DeploymentId: first.physicalId });
  const get = async (path: string) => {
    const response = await fetch(`${gateway.endpoint}/restapis/${state.physicalId}/dev/_user_request_${path}`);
    return response.ok ? response.text() : response.status;
  };
  const updated = await type.update({ Body: bodyOf('two', '/two') }, { properties, state }, context);
  assert.equal(updated.physicalId, state.physicalId);
  assert.equal(await get('/one'), 'one');
  await gateway.create('Deployment', { RestApiId: state.physicalId, StageName: 'dev' });
  assert.equal(await get('/two'), 'two');
  assert.equal(await get('/one'), 422);
});
