import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { JsonObject } from '../../core/json.ts';
import { startTestApi } from './test-api.ts';

async function startCors(t: TestContext, CorsConfiguration: JsonObject) {
  const headers = { 'Access-Control-Allow-Origin': 'https://from-the-function', 'x-own': '1' };
  const api = await startTestApi(t, { functions: { run: () => ({ statusCode: 200, headers, body: 'ok' }) } });
  const apiId = await api.makeApi({ CorsConfiguration });
  await api.makeRoute(apiId, 'ANY /x', 'run');
  return {
    invocations: api.invocations,
    send: (method: string, path: string, sent: Record<string, string>) =>
      api.send(apiId, path, { method, headers: sent }),
  };
}

/** The headers of an answer that CORS is about. */
function corsOf(headers: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
}

const preflight = { origin: 'https://shop.example', 'access-control-request-method': 'PUT' };

describe('CORS of HTTP APIs', () => {
  it('answers a preflight itself, whatever routes there are', async (t) => {
    const { send, invocations } = await startCors(t, {
      AllowOrigins: ['https://other.example', 'https://shop.example'],
      AllowMethods: ['GET', 'PUT'],
      AllowHeaders: ['content-type', 'authorization'],
      ExposeHeaders: ['link'],
      AllowCredentials: true,
      MaxAge: '300',
    });
    for (const path of ['/x', '/nowhere']) {
      const reply = await send('OPTIONS', path, preflight);
      assert.deepEqual([reply.status, reply.body], [204, '']);
      assert.deepEqual(corsOf(reply.headers), {
        'access-control-allow-origin': 'https://shop.example',
        'access-control-allow-methods': 'GET,PUT',
        'access-control-allow-headers': 'content-type,authorization',
        'access-control-expose-headers': 'link',
        'access-control-allow-credentials': 'true',
        'access-control-max-age': '300',
      });
    }
    assert.equal(invocations.length, 0);
  });

  it('says nothing to an origin that is not allowed', async (t) => {
    const { send } = await startCors(t, { AllowOrigins: ['https://shop.example'], AllowMethods: ['*'] });
    const foreign = { origin: 'https://evil.example' };
    const reply = await send('OPTIONS', '/x', { ...preflight, ...foreign });
    assert.deepEqual([reply.status, corsOf(reply.headers)], [204, {}]);
    assert.deepEqual(corsOf((await send('GET', '/x', foreign)).headers), {});
  });

  it('adds its headers to answers and ignores those of the function', async (t) => {
    const { send } = await startCors(t, {
      AllowOrigins: ['*'],
      AllowMethods: ['GET'],
      ExposeHeaders: ['link', 'etag'],
    });
    const expected = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'link,etag' };
    const reply = await send('GET', '/x', { origin: 'https://shop.example' });
    assert.deepEqual(corsOf(reply.headers), expected);
    assert.equal(reply.headers['x-own'], '1');
    assert.deepEqual(corsOf((await send('GET', '/nowhere', { origin: 'https://a' })).headers), expected);
    assert.deepEqual(corsOf((await send('GET', '/x', {})).headers), {});
  });

  it('takes a scheme with a wildcard', async (t) => {
    const { send } = await startCors(t, { AllowOrigins: ['https://*'] });
    const allowed = async (origin: string) =>
      corsOf((await send('GET', '/x', { origin })).headers)['access-control-allow-origin'];
    assert.equal(await allowed('https://any.example'), 'https://any.example');
    assert.equal(await allowed('http://any.example'), undefined);
  });

  it('routes an OPTIONS request that is no preflight', async (t) => {
    const { send, invocations } = await startCors(t, { AllowOrigins: ['*'] });
    assert.equal((await send('OPTIONS', '/x', { origin: 'https://a' })).status, 200);
    assert.equal(invocations.length, 1);
  });

  it('leaves everything to the function without a CORS configuration', async (t) => {
    const api = await startTestApi(t, {
      functions: { run: () => ({ statusCode: 200, headers: { 'access-control-allow-origin': 'https://own' } }) },
    });
    const apiId = await api.makeApi();
    await api.makeRoute(apiId, 'ANY /x', 'run');
    const reply = await api.send(apiId, '/x', { method: 'OPTIONS', headers: preflight });
    assert.deepEqual(corsOf(reply.headers), { 'access-control-allow-origin': 'https://own' });
  });

  it('refuses credentials together with the wildcard', async (t) => {
    const api = await startTestApi(t);
    const cors = { AllowOrigins: ['*'], AllowCredentials: true };
    await assert.rejects(api.makeApi({ CorsConfiguration: cors }), { code: 'BadRequestException' });
  });
});
