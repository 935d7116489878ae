import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sendTo, startTestGateway } from './test-gateway.fixture.ts';

const echoResource = (event: Record<string, unknown>) => ({
  statusCode: 200,
  body: JSON.stringify({ resource: event.resource, path: event.path, pathParameters: event.pathParameters }),
});

test('the most specific resource takes a request', async (t) => {
  const gateway = await startTestGateway(t, { lambda: echoResource });
  const api = await gateway.deploy({
    'GET /': {},
    'GET /tasks': {},
    'GET /tasks/{taskId}': {},
    'GET /tasks/mine': {},
    'GET /files/first': {},
    'ANY /files/{proxy+}': {},
    'GET /tasks/{taskId}/notes/{noteId}': {},
  });
  const resourceOf = async (path: string) => JSON.parse((await api.send('GET', path)).body);

  assert.equal((await resourceOf('/')).resource, '/');
  assert.equal((await resourceOf('')).resource, '/');
  assert.equal((await resourceOf('/tasks')).resource, '/tasks');
  assert.equal((await resourceOf('/tasks/mine')).resource, '/tasks/mine');
  assert.deepEqual(await resourceOf('/tasks/a%20b'), {
    resource: '/tasks/{taskId}',
    path: '/tasks/a%20b',
    pathParameters: { taskId: 'a%20b' },
  });
  assert.deepEqual((await resourceOf('/tasks/1/notes/2')).pathParameters, { taskId: '1', noteId: '2' });
  assert.equal((await resourceOf('/files/first')).resource, '/files/first');
  assert.deepEqual(await resourceOf('/files/1/other/3'), {
    resource: '/files/{proxy+}',
    path: '/files/1/other/3',
    pathParameters: { proxy: '1/other/3' },
  });
});

test('a trailing slash does not change the resource, and the event keeps it', async (t) => {
  const gateway = await startTestGateway(t, { lambda: echoResource });
  const api = await gateway.deploy({ 'GET /tasks': {}, 'ANY /files/{proxy+}': {} });
  assert.deepEqual(JSON.parse((await api.send('GET', '/tasks/')).body), {
    resource: '/tasks',
    path: '/tasks/',
    pathParameters: null,
  });
  assert.deepEqual(JSON.parse((await api.send('GET', '/files/a/')).body).pathParameters, { proxy: 'a' });
});

test('an unknown path and an unknown method get the same 403', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /tasks': {} });
  for (const [method, path] of [
    ['GET', '/nothing'],
    ['GET', '/'],
    ['POST', '/tasks'],
    ['HEAD', '/tasks'],
    ['GET', '/tasks/1'],
  ] as const) {
    const answer = await api.send(method, path);
    assert.equal(answer.status, 403, `${method} ${path}`);
    assert.equal(answer.headers['x-amzn-errortype'], 'MissingAuthenticationTokenException');
    assert.equal(answer.body, method === 'HEAD' ? '' : '{"message":"Missing Authentication Token"}');
  }
});

test('ANY takes the seven methods', async (t) => {
  const gateway = await startTestGateway(t, { lambda: ({ httpMethod }) => ({ statusCode: 200, body: httpMethod }) });
  const api = await gateway.deploy({ 'ANY /x': {}, 'POST /x': {} });
  for (const method of ['DELETE', 'GET', 'OPTIONS', 'PATCH', 'POST', 'PUT']) {
    assert.equal((await api.send(method, '/x')).body, method);
  }
  assert.equal((await api.send('HEAD', '/x')).status, 200);
});

test('an API is reached by three forms of URL', async (t) => {
  const gateway = await startTestGateway(t, {
    lambda: ({ path, requestContext }) => ({ statusCode: 200, body: JSON.stringify({ path, requestContext }) }),
  });
  const api = await gateway.deploy({ 'GET /tasks': {} });
  const byHost = await sendTo(`${gateway.endpoint}/dev/tasks`, 'GET', { host: `${api.id}.execute-api.localhost:4566` });
  const byPath = await sendTo(`${gateway.endpoint}/_aws/execute-api/${api.id}/dev/tasks`, 'GET');
  for (const answer of [byHost, byPath, await api.send('GET', '/tasks')]) {
    const { path, requestContext } = JSON.parse(answer.body);
    assert.equal(path, '/tasks');
    assert.equal(requestContext.path, '/dev/tasks');
    assert.equal(requestContext.domainPrefix, api.id);
    assert.equal(requestContext.domainName, `${api.id}.execute-api.localhost`);
  }
});

test('a stage that is not there answers Forbidden', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /tasks': {} });
  for (const stage of ['prod', '__proto__']) {
    const answer = await api.send('GET', '/tasks', { stage });
    assert.equal(answer.status, 403);
    assert.equal(answer.body, '{"message":"Forbidden"}');
    assert.equal(answer.headers['x-amzn-errortype'], 'ForbiddenException');
  }
});

test('an API whose execute-api endpoint is off answers Forbidden', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /tasks': {} }, { api: { DisableExecuteApiEndpoint: true } });
  assert.equal((await api.send('GET', '/tasks')).status, 403);
});
