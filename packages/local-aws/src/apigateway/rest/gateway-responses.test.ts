import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestGateway } from './test-gateway.fixture.ts';

test('a gateway response has its own status, headers and body, by simple substitution', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /x': {} });
  await gateway.create('GatewayResponse', {
    RestApiId: api.id,
    ResponseType: 'MISSING_AUTHENTICATION_TOKEN',
    StatusCode: '404',
    ResponseParameters: {
      'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
      'gatewayresponse.header.X-Type': 'context.error.responseType',
      'gatewayresponse.header.X-Asked': 'method.request.header.X-Ask',
      'gatewayresponse.header.X-Absent': 'method.request.header.Absent',
    },
    ResponseTemplates: {
      'application/json':
        '{"message":$context.error.messageString,"code":"$context.error.responseType","requestId":"$context.requestId","at":"$stageVariables.none","vtl":"#if(true)"}',
    },
  });
  // A stage serves the snapshot of its deployment: the response shows only after the next one.
  assert.equal((await api.send('GET', '/nothing')).status, 403);
  await api.deployStage({}, 'next');

  const answer = await api.send('GET', '/nothing', { stage: 'next', headers: { 'X-Ask': 'me' } });
  assert.equal(answer.status, 404);
  assert.equal(answer.headers['access-control-allow-origin'], '*');
  assert.equal(answer.headers['x-type'], 'MISSING_AUTHENTICATION_TOKEN');
  assert.equal(answer.headers['x-asked'], 'me');
  assert.equal(answer.headers['x-absent'], undefined);
  assert.deepEqual(JSON.parse(answer.body), {
    message: 'Missing Authentication Token',
    code: 'MISSING_AUTHENTICATION_TOKEN',
    requestId: answer.headers['x-amzn-requestid'],
    at: '',
    vtl: '#if(true)',
  });
});

test('DEFAULT_4XX and DEFAULT_5XX fill what has no response of its own, with its own status', async (t) => {
  const gateway = await startTestGateway(t, { lambda: () => 'no proxy response' });
  const api = await gateway.deploy({ 'GET /x': {} });
  for (const ResponseType of ['DEFAULT_4XX', 'DEFAULT_5XX']) {
    await gateway.create('GatewayResponse', {
      RestApiId: api.id,
      ResponseType,
      ResponseParameters: { 'gatewayresponse.header.X-Default': `'${ResponseType}'` },
    });
  }
  await api.deployStage({}, 'next');
  const unknown = await api.send('GET', '/nothing', { stage: 'next' });
  assert.deepEqual([unknown.status, unknown.headers['x-default']], [403, 'DEFAULT_4XX']);
  assert.equal(unknown.body, '{"message":"Missing Authentication Token"}');
  const broken = await api.send('GET', '/x', { stage: 'next' });
  assert.deepEqual([broken.status, broken.headers['x-default']], [502, 'DEFAULT_5XX']);
});

test('the template is chosen by Accept', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /x': {} });
  await gateway.create('GatewayResponse', {
    RestApiId: api.id,
    ResponseType: 'DEFAULT_4XX',
    ResponseTemplates: { 'application/json': '{}', 'text/html': '<b>$context.error.message</b>' },
  });
  await api.deployStage({}, 'next');
  const html = await api.send('GET', '/nothing', { stage: 'next', headers: { Accept: 'text/html' } });
  assert.deepEqual([html.headers['content-type'], html.body], ['text/html', '<b>Missing Authentication Token</b>']);
  assert.equal((await api.send('GET', '/nothing', { stage: 'next', headers: { Accept: '*/*' } })).body, '{}');
});

test('an unknown response type fails by name', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /x': {} });
  await assert.rejects(
    gateway.create('GatewayResponse', { RestApiId: api.id, ResponseType: 'TEAPOT' }),
    /ResponseType: is no gateway response type/,
  );
});
