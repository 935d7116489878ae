import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startTestApi } from './test-api.ts';

describe('limits of HTTP APIs', () => {
  it('answers 503 when a function takes longer than the integration allows', { timeout: 60_000 }, async (t) => {
    const api = await startTestApi(t, { functions: { slow: () => new Promise(() => {}) } });
    const apiId = await api.makeApi();
    await api.makeRoute(apiId, 'GET /', 'slow', { integration: { TimeoutInMillis: 30_000 } });
    const pending = api.send(apiId, '/');
    while (api.invocations.length === 0) await api.clock.advance(0);
    await api.clock.advance(29_999);
    let settled = false;
    void pending.then(() => {
      settled = true;
    });
    await api.clock.advance(0);
    assert.equal(settled, false);
    await api.clock.advance(1);
    const reply = await pending;
    assert.deepEqual([reply.status, reply.body], [503, '{"message":"Service Unavailable"}']);
  });

  it('answers 413 to more than 10 MB and 431 to more than 10,240 bytes of headers', async (t) => {
    const api = await startTestApi(t, { functions: { run: () => 'ok' } });
    const apiId = await api.makeApi();
    await api.makeRoute(apiId, 'POST /', 'run');
    const post = (body: Buffer, headers = {}) => api.send(apiId, '/', { method: 'POST', body, headers });
    assert.equal((await post(Buffer.alloc(10 * 1024 * 1024))).status, 200);
    const large = await post(Buffer.alloc(10 * 1024 * 1024 + 1));
    assert.deepEqual([large.status, large.body], [413, '{"message":"Request Entity Too Large"}']);
    const wordy = await post(Buffer.alloc(0), { 'x-long': 'x'.repeat(10_240) });
    assert.deepEqual([wordy.status, wordy.body], [431, '{"message":"Request Header Fields Too Large"}']);
  });

  it('throttles a route by its own settings and all others by those of the stage', async (t) => {
    const api = await startTestApi(t, { functions: { run: () => 'ok' } });
    const apiId = await api.makeApi();
    await api.makeRoute(apiId, 'GET /slow', 'run');
    await api.makeRoute(apiId, 'GET /fast', 'run');
    await api.make('AWS::ApiGatewayV2::Stage', 'Busy', {
      ApiId: apiId,
      StageName: 'busy',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 3 },
      RouteSettings: { 'GET /slow': { ThrottlingRateLimit: 0.5, ThrottlingBurstLimit: 1 } },
    });
    const statuses = async (path: string, count: number) => {
      const replies = [];
      for (let i = 0; i < count; i += 1) replies.push((await api.send(apiId, path)).status);
      return replies;
    };
    assert.deepEqual(await statuses('/busy/slow', 2), [200, 429]);
    assert.deepEqual(await statuses('/busy/fast', 4), [200, 200, 200, 429]);
    await api.clock.advance(1000);
    assert.deepEqual(await statuses('/busy/slow', 1), [429]);
    assert.deepEqual(await statuses('/busy/fast', 2), [200, 429]);
    await api.clock.advance(1000);
    assert.deepEqual(await statuses('/busy/slow', 1), [200]);
    assert.deepEqual(await statuses('/slow', 3), [200, 200, 200]);
    const refused = await api.send(apiId, '/busy/slow');
    assert.equal(refused.body, '{"message":"Too Many Requests"}');
  });
});
