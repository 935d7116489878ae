import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { startTestGateway } from './test-gateway.fixture.ts';

test('a stage writes an access log line for every request, refused ones too', async (t) => {
  const clock = new ManualClock(Date.UTC(2026, 0, 9, 5, 3, 7));
  const gateway = await startTestGateway(t, { clock, lambda: () => ({ statusCode: 201, body: 'abc' }) });
  await gateway.allowLogs();
  const Format =
    '{"id":"$context.requestId","ip":"$context.identity.sourceIp","at":"$context.requestTime","m":"$context.httpMethod","r":"$context.resourcePath","s":$context.status,"l":"$context.responseLength","e":"$context.error.message","n":"$context.nothing.at.all"}';
  const api = await gateway.deploy(
    { 'GET /x': {} },
    {
      stage: {
        AccessLogSetting: {
          DestinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/api-gateway/test',
          Format,
        },
      },
    },
  );
  const { headers } = await api.send('GET', '/x');
  await api.send('GET', '/nothing');
  const lines = gateway.logged.map(({ group, message }) => {
    assert.equal(group, '/aws/api-gateway/test');
    return JSON.parse(message);
  });
  assert.deepEqual(lines[0], {
    id: headers['x-amzn-requestid'],
    ip: '127.0.0.1',
    at: '09/Jan/2026:05:03:07 +0000',
    m: 'GET',
    r: '/x',
    s: 201,
    l: '3',
    e: '-',
    n: '-',
  });
  assert.deepEqual([lines[1].s, lines[1].e, lines[1].r], [403, 'Missing Authentication Token', '-']);
});

test('execution logs tell why a request failed', async (t) => {
  const gateway = await startTestGateway(t, { lambda: () => ({ statusCode: 200, extra: 1 }) });
  await gateway.allowLogs();
  const api = await gateway.deploy(
    { 'GET /x': {} },
    { stage: { MethodSettings: [{ ResourcePath: '/*', HttpMethod: '*', LoggingLevel: 'ERROR' }] } },
  );
  assert.equal((await api.send('GET', '/x')).status, 502);
  assert.equal(gateway.logged.length, 1);
  const [line] = gateway.logged;
  assert.equal(line?.group, `API-Gateway-Execution-Logs_${api.id}/dev`);
  assert.match(String(line?.message), /^\([0-9a-f-]{36}\) .*Malformed Lambda proxy response: unknown key extra/);
});

test('at level INFO every request leaves its steps', async (t) => {
  const gateway = await startTestGateway(t);
  await gateway.allowLogs();
  const api = await gateway.deploy(
    { 'GET /x': {}, 'GET /quiet': {} },
    {
      stage: {
        MethodSettings: [
          { ResourcePath: '/x', HttpMethod: 'GET', LoggingLevel: 'INFO' },
          { ResourcePath: '/quiet', HttpMethod: 'GET', LoggingLevel: 'OFF' },
        ],
      },
    },
  );
  await api.send('GET', '/quiet');
  assert.equal(gateway.logged.length, 0);
  await api.send('GET', '/x');
  assert.match(String(gateway.logged.at(-1)?.message), /Method completed with status: 200/);
});

test('a stage may keep logs only when the account has a role for them', async (t) => {
  const gateway = await startTestGateway(t);
  const AccessLogSetting = {
    DestinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:g',
    Format: '$context.status',
  };
  const MethodSettings = [{ ResourcePath: '/*', HttpMethod: '*', LoggingLevel: 'ERROR' }];
  for (const stage of [{ AccessLogSetting }, { MethodSettings }]) {
    await assert.rejects(gateway.deploy({ 'GET /x': {} }, { stage }), {
      code: 'BadRequestException',
      message: 'CloudWatch Logs role ARN must be set in account settings to enable logging',
    });
  }
  await gateway.allowLogs();
  const api = await gateway.deploy({ 'GET /x': {} }, { stage: { AccessLogSetting, MethodSettings } });
  await api.send('GET', '/x');
  assert.deepEqual(
    gateway.logged.map(({ group }) => group),
    ['g'],
  );
});

test('the account takes only a role that API Gateway can use, and logs are lost once it cannot', async (t) => {
  let mayWrite = true;
  const logRole = { isUsable: (arn: string) => arn.endsWith('/logs'), mayWrite: () => mayWrite };
  const gateway = await startTestGateway(t, { gateway: { logRole } });
  await assert.rejects(gateway.create('Account', { CloudWatchRoleArn: 'arn:aws:iam::000000000000:role/other' }), {
    code: 'BadRequestException',
    message: /Please grant trust permission for API Gateway/,
  });
  await gateway.allowLogs();
  const MethodSettings = [{ ResourcePath: '/*', HttpMethod: '*', LoggingLevel: 'INFO' }];
  const api = await gateway.deploy({ 'GET /x': {} }, { stage: { MethodSettings } });
  await api.send('GET', '/x');
  const written = gateway.logged.length;
  assert.ok(written > 0);
  mayWrite = false;
  await api.send('GET', '/x');
  assert.equal(gateway.logged.length, written);
});

test('no client breaks a line of a JSON access log', async (t) => {
  const gateway = await startTestGateway(t);
  await gateway.allowLogs();
  const DestinationArn = 'arn:aws:logs:us-east-1:000000000000:log-group:g';
  const AccessLogSetting = { DestinationArn, Format: '{"agent":"$context.identity.userAgent"}' };
  const api = await gateway.deploy({ 'GET /x': {} }, { stage: { AccessLogSetting } });
  await api.send('GET', '/x', { headers: { 'user-agent': 'x","status":"200' } });
  assert.deepEqual(JSON.parse(gateway.logged[0]?.message ?? ''), { agent: 'x","status":"200' });
});
