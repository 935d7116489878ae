import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import { apiGatewayClient, sendTo, startTestGateway } from './test-gateway.fixture.ts';

// What AWS answered when LocalStack recorded it: tests/aws/services/apigateway/test_apigateway_api.snapshot.json and
// test_apigateway_common.snapshot.json of its repository. The names of its tests stand at the tests.

async function startApi(t: TestContext) {
  const gateway = await startTestGateway(t);
  const client = apiGatewayClient(t, gateway);
  const { id: restApiId = '', rootResourceId = '' } = await client.createRestApi({ name: 'api', version: 'v1' });
  const root = { restApiId, resourceId: rootResourceId, httpMethod: 'ANY' };
  return { gateway, client, restApiId, rootResourceId, root };
}
const badRequest = (message: string | RegExp) => ({ name: 'BadRequestException', message });
const notFound = (message: string | RegExp) => ({ name: 'NotFoundException', message });
const replace = (path: string, value: string): PatchOperation => ({ op: 'replace', path, value });
const bare = ({ $metadata: _, ...members }: { $metadata: object }) => members;

test('an API that only calls have made answers requests', async (t) => {
  const { gateway, client, restApiId, root } = await startApi(t);
  const method = { ...root, httpMethod: 'GET' };
  await client.putMethod({ ...method, authorizationType: 'NONE' });
  await client.putMethodResponse({ ...method, statusCode: '200' });
  await client.putIntegration({
    ...method,
    type: 'MOCK',
    requestTemplates: { 'application/json': '{"statusCode":200}' },
  });
  await client.putIntegrationResponse({
    ...method,
    statusCode: '200',
    responseTemplates: { 'application/json': 'hello' },
  });
  const { id: deploymentId } = await client.createDeployment({ restApiId });
  await client.createStage({ restApiId, stageName: 'dev', deploymentId });
  const url = `${gateway.endpoint}/restapis/${restApiId}/dev/_user_request_/`;
  assert.equal((await sendTo(url, 'GET')).body, 'hello');
  await client.deleteStage({ restApiId, stageName: 'dev' });
  assert.equal((await sendTo(url, 'GET')).status, 403);
  await client.deleteDeployment({ restApiId, deploymentId });
  await client.deleteRestApi({ restApiId });
  await assert.rejects(client.getRestApi({ restApiId }), notFound(/^Invalid API identifier specified/));
});

test('an API is imported, and an import is put over it', async (t) => {
  const { client } = await startApi(t);
  const document = (path: string) =>
    Buffer.from(JSON.stringify({ openapi: '3.0.1', info: { title: 'imported', version: '1' }, paths: { [path]: {} } }));
  const { id: restApiId = '', name } = await client.importRestApi({ body: document('/a') });
  assert.equal(name, 'imported');
  const pathsOf = async () => ((await client.getResources({ restApiId })).items ?? []).map(({ path }) => path);
  assert.deepEqual(await pathsOf(), ['/', '/a']);
  await client.putRestApi({ restApiId, mode: 'merge', body: document('/b') });
  assert.deepEqual(await pathsOf(), ['/', '/a', '/b']);
  await client.putRestApi({ restApiId, mode: 'overwrite', body: document('/c') });
  assert.deepEqual(await pathsOf(), ['/', '/c']);
});

test('test_resource_lifecycle, test_update_resource_behaviour, test_update_resource_on_root', async (t) => {
  const { client, restApiId, rootResourceId } = await startApi(t);
  const add = async (parentId: string, pathPart: string) =>
    (await client.createResource({ restApiId, parentId, pathPart })).id ?? '';
  const update = (resourceId: string, ...patchOperations: PatchOperation[]) =>
    client.updateResource({ restApiId, resourceId, patchOperations });
  const pets = await add(rootResourceId, 'pets');
  const child = await add(pets, 'subpets');
  const grandchild = await add(child, 'pets');
  assert.equal((await update(pets, replace('/pathPart', 'dogs'))).path, '/dogs');
  assert.equal((await client.getResource({ restApiId, resourceId: grandchild })).path, '/dogs/subpets/pets');
  await assert.rejects(
    update(pets, replace('/invalid', 'x')),
    badRequest("Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: [/parentId, /pathPart]"),
  );
  for (const op of ['add', 'remove'] as const) {
    await assert.rejects(
      update(pets, { op, path: '/pathPart', value: 'x' }),
      badRequest(`Invalid patch path  '/pathPart' specified for op '${op}'. Please choose supported operations`),
    );
  }
  await assert.rejects(update('none', replace('/pathPart', 'x')), notFound(/^Invalid Resource identifier specified/));
  await assert.rejects(update(child, replace('/parentId', grandchild)), badRequest('Resources cannot be cyclical.'));
  assert.equal((await update(child, replace('/parentId', rootResourceId))).path, '/subpets');
  await assert.rejects(update(child, replace('/pathPart', 'dogs')), {
    name: 'ConflictException',
    message: 'Another resource with the same parent already has this name: dogs',
  });
  for (const member of ['pathPart', 'parentId']) {
    await assert.rejects(
      update(rootResourceId, replace(`/${member}`, pets)),
      badRequest(`Root resource cannot update its ${member}.`),
    );
  }
  await client.deleteResource({ restApiId, resourceId: child });
  const { items = [] } = await client.getResources({ restApiId });
  assert.deepEqual(
    items.map(({ path }) => path),
    ['/', '/dogs'],
  );
});

test('test_update_method', async (t) => {
  const { client, restApiId, root } = await startApi(t);
  const update = async (...patchOperations: PatchOperation[]) =>
    bare(await client.updateMethod({ ...root, patchOperations }));
  const made = await client.putMethod({ ...root, authorizationType: 'NONE' });
  assert.deepEqual(bare(made), { apiKeyRequired: false, authorizationType: 'NONE', httpMethod: 'ANY' });
  const parameter = '/requestParameters/method.request.querystring.optional';
  const model = '/requestModels/application~1json';
  const added = await update({ op: 'add', path: parameter, value: 'true' }, { op: 'add', path: model, value: 'Empty' });
  assert.deepEqual(added, {
    apiKeyRequired: false,
    authorizationType: 'NONE',
    httpMethod: 'ANY',
    requestModels: { 'application/json': 'Empty' },
    requestParameters: { 'method.request.querystring.optional': true },
  });
  await update(replace('/operationName', 'Name'), replace('/apiKeyRequired', 'true'), replace(parameter, 'false'));
  const { id: authorizerId = '' } = await client.createAuthorizer({
    restApiId,
    name: 'authorizer',
    type: 'TOKEN',
    authorizerUri:
      'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations',
  });
  await update(replace('/authorizerId', authorizerId), replace('/authorizationType', 'CUSTOM'));
  assert.deepEqual(await update({ op: 'remove', path: parameter }, { op: 'remove', path: model }), {
    apiKeyRequired: true,
    authorizationType: 'CUSTOM',
    authorizerId,
    httpMethod: 'ANY',
    operationName: 'Name',
  });
});

test('test_update_method_validation, test_put_method_validation', async (t) => {
  const { client, root } = await startApi(t);
  const update = (...patchOperations: PatchOperation[]) => client.updateMethod({ ...root, patchOperations });
  await assert.rejects(
    client.updateMethod({ ...root, restApiId: 'unknown' }),
    notFound(/^Invalid Resource identifier specified/),
  );
  await assert.rejects(update(), notFound(/^Invalid Method identifier specified/));
  await assert.rejects(
    client.putMethod({ ...root, httpMethod: 'ANYTHING', authorizationType: 'NONE' }),
    badRequest('Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY'),
  );
  await client.putMethod({ ...root, authorizationType: 'NONE', apiKeyRequired: true });
  const replaceOnly = badRequest('Invalid patch operation specified. Must be one of: [replace]');
  await assert.rejects(update({ op: 'add', path: '/operationName', value: 'x' }), replaceOnly);
  await assert.rejects(update({ op: 'add', path: '/requestValidatorId', value: 'x' }), replaceOnly);
  for (const path of ['/httpMethod', '/requestParameters', '/requestModels/application/json']) {
    await assert.rejects(update({ op: 'add', path, value: 'Empty' }), badRequest(`Invalid patch path ${path}`));
  }
  assert.equal((await update(replace('/apiKeyRequired', 'whatever'))).apiKeyRequired, false);
  const authorizer = badRequest(
    'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
  );
  await assert.rejects(update(replace('/authorizationType', 'CUSTOM')), authorizer);
  assert.equal((await update(replace('/authorizerId', 'abc123'))).authorizerId, undefined);
  await assert.rejects(update(replace('/authorizationType', 'CUSTOM'), replace('/authorizerId', 'abc123')), authorizer);
  await assert.rejects(
    update(replace('/requestValidatorId', 'x')),
    badRequest('Invalid Request Validator identifier specified'),
  );
});

test('test_lifecycle_integration_response, test_get_integration_non_existent', async (t) => {
  const { client, root } = await startApi(t);
  const response = { ...root, statusCode: '200' };
  await assert.rejects(client.getIntegration(root), notFound(/^Invalid Method identifier specified/));
  await client.putMethod({ ...root, authorizationType: 'NONE' });
  await client.putMethodResponse(response);
  await assert.rejects(client.getIntegration(root), notFound('Invalid Integration identifier specified'));
  await client.putIntegration({ ...root, type: 'MOCK' });
  await assert.rejects(client.getIntegrationResponse(response), notFound('Invalid Response status code specified'));
  await client.putIntegrationResponse({ ...response, responseTemplates: { 'application/json': 'created' } });
  const updated = await client.updateIntegrationResponse({
    ...response,
    patchOperations: [replace('/selectionPattern', 'updated-pattern')],
  });
  assert.deepEqual(bare(updated), {
    responseTemplates: { 'application/json': 'created' },
    selectionPattern: 'updated-pattern',
    statusCode: '200',
  });
  await assert.rejects(client.getIntegrationResponse({ ...root, statusCode: 'wrong' }), {
    name: 'ValidationException',
    message: /^1 validation error detected: Value 'wrong' at 'statusCode' failed to satisfy constraint/,
  });
  await client.deleteIntegrationResponse(response);
  const integration = await client.updateIntegration({
    ...root,
    patchOperations: [
      replace('/timeoutInMillis', '5000'),
      { op: 'add', path: '/requestTemplates/application~1json', value: '{"statusCode":200}' },
    ],
  });
  assert.deepEqual(bare(integration), {
    cacheKeyParameters: [],
    passthroughBehavior: 'WHEN_NO_MATCH',
    requestTemplates: { 'application/json': '{"statusCode":200}' },
    timeoutInMillis: 5000,
    type: 'MOCK',
  });
  await assert.rejects(
    client.updateIntegration({ ...root, patchOperations: [replace('/passthroughBehavior', 'SOMETIMES')] }),
    badRequest(/^Invalid passthroughBehavior specified: SOMETIMES/),
  );
  await client.deleteIntegration(root);
  await assert.rejects(client.getIntegration(root), notFound('Invalid Integration identifier specified'));
});

test('test_update_method_response and its errors', async (t) => {
  const { client, root } = await startApi(t);
  const response = { ...root, statusCode: '200' };
  const update = (...patchOperations: PatchOperation[]) =>
    client.updateMethodResponse({ ...response, patchOperations });
  await client.putMethod({ ...root, authorizationType: 'NONE' });
  await assert.rejects(update(), notFound('Invalid Response status code specified'));
  await client.putMethodResponse(response);
  const header = '/responseParameters/method.response.header.my-header';
  await assert.rejects(update({ op: 'remove', path: header }), notFound('Invalid parameter name specified'));
  await assert.rejects(
    update({ op: 'remove', path: '/responseModels/application~1json' }),
    notFound('Content-Type specified was not found'),
  );
  await assert.rejects(update({ op: 'remove', path: '/wrong/x' }), badRequest('Invalid patch path /wrong/x'));
  const wrong = { op: 'wrong_op', path: header } as unknown as PatchOperation;
  await assert.rejects(update(wrong, { op: 'add', path: header, value: 'true' }, wrong), {
    name: 'ValidationException',
    message:
      "2 validation errors detected: Value 'wrong_op' at 'updateMethodResponseInput.patchOperations.1.member.op' failed to satisfy constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]; Value 'wrong_op' at 'updateMethodResponseInput.patchOperations.3.member.op' failed to satisfy constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]",
  });
  const updated = await update({ op: 'add', path: header, value: 'true' });
  assert.deepEqual(updated.responseParameters, { 'method.response.header.my-header': true });
});

test('test_model_lifecycle, test_update_model, test_put_method_model', async (t) => {
  const { client, restApiId, root } = await startApi(t);
  const schema = JSON.stringify({ title: 'Pet', type: 'object' });
  const model = { restApiId, modelName: 'Pet' };
  const update = (...patchOperations: PatchOperation[]) => client.updateModel({ ...model, patchOperations });
  await assert.rejects(update(replace('/schema', schema)), notFound('Invalid model name specified: Pet'));
  await client.createModel({ restApiId, name: 'Pet', contentType: 'application/json', schema });
  await assert.rejects(client.createModel({ restApiId, name: 'Pet', contentType: 'application/json', schema }), {
    name: 'ConflictException',
    message: 'Model name already exists for this REST API',
  });
  for (const [name, message] of [
    ['', 'Model name must be non-empty'],
    ['__proto__', 'Model name must be alphanumeric'],
  ] as const) {
    await assert.rejects(
      client.createModel({ restApiId, name, contentType: 'application/json', schema }),
      badRequest(message),
    );
  }
  await assert.rejects(
    update(replace('/name', 'x')),
    badRequest("Invalid patch path  '/name' specified for op 'replace'. Must be one of: [/description, /schema]"),
  );
  await assert.rejects(
    update(replace('/schema', '')),
    badRequest('Model schema must have at least 1 property or array items defined'),
  );
  const changed = JSON.stringify({ title: 'Updated schema', type: 'object' });
  assert.equal((await update(replace('/schema', changed))).schema, changed);
  await client.putMethod({ ...root, authorizationType: 'NONE', requestModels: { 'application/json': 'Pet' } });
  await assert.rejects(client.deleteModel(model), {
    name: 'ConflictException',
    message: "Cannot delete model 'Pet', is referenced in method request: //ANY",
  });
  await client.deleteMethod(root);
  await client.deleteModel(model);
});

test('test_request_validator_lifecycle, test_invalid_update_request_validator_operations', async (t) => {
  const { client, restApiId } = await startApi(t);
  const { id = '' } = await client.createRequestValidator({ restApiId, name: 'validator' });
  const update = (...patchOperations: PatchOperation[]) =>
    client.updateRequestValidator({ restApiId, requestValidatorId: id, patchOperations });
  assert.deepEqual(bare(await update(replace('/validateRequestBody', 'true'))), {
    id,
    name: 'validator',
    validateRequestBody: true,
    validateRequestParameters: false,
  });
  assert.equal((await update({ op: 'replace', path: '/validateRequestBody' })).validateRequestBody, false);
  await assert.rejects(update(replace('/name', '')), badRequest('Request Validator name cannot be blank'));
  await assert.rejects(
    update(replace('/invalidPath', 'x')),
    badRequest(
      "Invalid patch path  '/invalidPath' specified for op 'replace'. Must be one of: [/name, /validateRequestParameters, /validateRequestBody]",
    ),
  );
  await client.deleteRequestValidator({ restApiId, requestValidatorId: id });
  await assert.rejects(update(), notFound('Invalid Request Validator identifier specified'));
});

test('test_gateway_response_crud, test_update_gateway_response', async (t) => {
  const { client, restApiId } = await startApi(t);
  const at = { restApiId, responseType: 'DEFAULT_4XX' } as const;
  const update = (...patchOperations: PatchOperation[]) => client.updateGatewayResponse({ ...at, patchOperations });
  const unset = await client.getGatewayResponse({ restApiId, responseType: 'MISSING_AUTHENTICATION_TOKEN' });
  assert.deepEqual([unset.defaultResponse, unset.statusCode], [true, '403']);
  await assert.rejects(client.deleteGatewayResponse(at), notFound('Gateway response type not defined on api'));
  assert.deepEqual(bare(await update(replace('/statusCode', '444'))), {
    defaultResponse: false,
    responseParameters: {},
    responseTemplates: { 'application/json': '{"message":$context.error.messageString}' },
    responseType: 'DEFAULT_4XX',
    statusCode: '444',
  });
  await assert.rejects(
    update({ op: 'add', path: '/statusCode', value: '400' }),
    badRequest('Invalid patch path /statusCode'),
  );
  await assert.rejects(update(replace('/wrongPath', 'x')), badRequest('Invalid patch path /wrongPath'));
  await assert.rejects(
    update(replace('/responseParameters/gatewayresponse.header.none', 'x')),
    notFound('Invalid parameter name specified'),
  );
  await assert.rejects(
    update({ op: 'replace', path: '/responseTemplates/application~1json' }),
    badRequest('Invalid null or empty value in responseTemplates'),
  );
  await client.deleteGatewayResponse(at);
});

test('test_documentation_part_lifecycle, test_documentation_parts_and_versions', async (t) => {
  const { gateway, client, restApiId } = await startApi(t);
  await gateway.create('DocumentationPart', {
    RestApiId: restApiId,
    Location: { Type: 'METHOD', Path: '/', Method: 'GET' },
    Properties: '{"description":"of a template"}',
  });
  const properties = JSON.stringify({ description: 'first' });
  const { id = '' } = await client.createDocumentationPart({ restApiId, location: { type: 'API' }, properties });
  const update = (...patchOperations: PatchOperation[]) =>
    client.updateDocumentationPart({ restApiId, documentationPartId: id, patchOperations });
  const changed = JSON.stringify({ description: 'second' });
  assert.equal((await update(replace('/properties', changed))).properties, changed);
  await assert.rejects(
    update(replace('/invalidPath', 'x')),
    badRequest("Invalid patch path  '/invalidPath' specified for op 'replace'. Must be one of: [/properties]"),
  );
  const { items = [] } = await client.getDocumentationParts({ restApiId });
  assert.deepEqual(
    items.map(({ location }) => location?.type),
    ['METHOD', 'API'],
  );
  await client.createDocumentationVersion({ restApiId, documentationVersion: 'v123' });
  const version = await client.updateDocumentationVersion({
    restApiId,
    documentationVersion: 'v123',
    patchOperations: [replace('/description', 'doc version new')],
  });
  assert.deepEqual([version.version, version.description], ['v123', 'doc version new']);
  await client.deleteDocumentationPart({ restApiId, documentationPartId: id });
  await assert.rejects(
    client.deleteDocumentationPart({ restApiId, documentationPartId: id }),
    notFound('Invalid Documentation part identifier specified'),
  );
});
