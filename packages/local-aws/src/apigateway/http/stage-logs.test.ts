import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAccessLog } from '../access-log.ts';
import { asText, valueAt } from './context-variables.ts';
import { FunctionError, startTestApi } from './test-api.ts';

const destination = 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/http-api/shop';

async function start(t: Parameters<typeof startTestApi>[0], fields: readonly string[], stage = {}) {
  const api = await startTestApi(t, {
    functions: {
      run: () => ({ statusCode: 201, body: 'é' }),
      fail: () => {
        throw new FunctionError('it "broke"');
      },
    },
  });
  const Format = JSON.stringify(Object.fromEntries(fields.map((field) => [field, `$context.${field}`])));
  const apiId = await api.makeApi({}, { AccessLogSettings: { DestinationArn: destination, Format }, ...stage });
  await api.makeRoute(apiId, 'GET /run/{id}', 'run');
  await api.makeRoute(apiId, 'GET /fail', 'fail');
  const lines = () => api.logged.map(({ event }) => JSON.parse(event.message));
  return { ...api, apiId, lines };
}

describe('access logs of HTTP APIs', () => {
  it('writes a line a request in the stage’s format', async (t) => {
    const { send, apiId, logged, lines } = await start(t, [
      'requestId',
      'identity.sourceIp',
      'requestTime',
      'httpMethod',
      'routeKey',
      'path',
      'status',
      'protocol',
      'responseLength',
      'integration.status',
      'error.message',
      'nothing.at.all',
    ]);
    const reply = await send(apiId, '/run/7?x=1');
    assert.deepEqual(lines(), [
      {
        requestId: reply.headers['apigw-requestid'],
        'identity.sourceIp': '127.0.0.1',
        requestTime: '01/Jan/2026:00:00:00 +0000',
        httpMethod: 'GET',
        routeKey: 'GET /run/{id}',
        path: '/run/7',
        status: '201',
        protocol: 'HTTP/1.1',
        responseLength: '2',
        'integration.status': '201',
        'error.message': '-',
        'nothing.at.all': '-',
      },
    ]);
    assert.equal(logged[0]?.group, '/aws/http-api/shop');
  });

  it('tells why an integration failed and what was throttled', async (t) => {
    const fields = ['status', 'error.responseType', 'integrationErrorMessage', 'integrationStatus'];
    const limits = { DefaultRouteSettings: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 } };
    const { send, apiId, lines } = await start(t, fields, limits);
    await send(apiId, '/fail');
    await send(apiId, '/fail');
    const [failure, throttled] = lines();
    assert.equal(failure.status, '500');
    assert.match(failure.integrationErrorMessage, /it "broke"/);
    assert.equal(failure.integrationStatus, '-');
    assert.deepEqual([throttled.status, throttled['error.responseType']], ['429', 'THROTTLED']);
  });

  it('has a line for what no route takes', async (t) => {
    const { send, apiId, lines } = await start(t, ['routeKey', 'status', 'path']);
    await send(apiId, '/nowhere');
    await send(apiId, '/%zz');
    assert.deepEqual(lines(), [
      { routeKey: '-', status: '404', path: '/nowhere' },
      { routeKey: '-', status: '400', path: '/%zz' },
    ]);
  });

  it('lets no client break a JSON line', async (t) => {
    const { send, apiId, lines } = await start(t, ['identity.userAgent', 'path']);
    await send(apiId, '/run/%22%0A%7D', { headers: { 'user-agent': 'x","status":"200' } });
    assert.deepEqual(lines(), [{ 'identity.userAgent': 'x","status":"200', path: '/run/"\n}' }]);
  });

  it('reads a variable up to the end of its name', () => {
    const variables = { status: 200, authorizer: { claims: { 'cognito:groups': '[a]' } } };
    const read = (variable: string) => asText(valueAt(variables, variable));
    assert.equal(formatAccessLog('$context.status. [$context.status]', read), '200. [200]');
    assert.equal(formatAccessLog('$context.authorizer.claims.cognito:groups', read), '[a]');
  });
});
