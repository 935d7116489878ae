import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startTestApi } from './test-api.ts';

describe('metrics of HTTP APIs', () => {
  it('counts requests and errors by API and stage, and by route where that is asked for', async (t) => {
    const api = await startTestApi(t, { functions: { run: () => ({ statusCode: 503, body: 'busy' }) } });
    const apiId = await api.makeApi({}, { DefaultRouteSettings: { DetailedMetricsEnabled: true } });
    await api.makeRoute(apiId, 'POST /x', 'run');
    await api.send(apiId, '/x', { method: 'POST', body: 'abc' });
    const own = api.measured.filter(([, , dimensions]) => Object.keys(dimensions).length === 1);
    assert.deepEqual(
      own.map(([namespace, name, dimensions, value, unit]) => [namespace, name, dimensions, value, unit]),
      [
        ['AWS/ApiGateway', 'Count', { ApiId: apiId }, 1, 'Count'],
        ['AWS/ApiGateway', '4xx', { ApiId: apiId }, 0, 'Count'],
        ['AWS/ApiGateway', '5xx', { ApiId: apiId }, 1, 'Count'],
        ['AWS/ApiGateway', 'Latency', { ApiId: apiId }, 0, 'Milliseconds'],
        ['AWS/ApiGateway', 'DataProcessed', { ApiId: apiId }, 7, 'Bytes'],
        ['AWS/ApiGateway', 'IntegrationLatency', { ApiId: apiId }, 0, 'Milliseconds'],
      ],
    );
    const all = api.measured.filter(([, name]) => name === 'Count').map(([, , dimensions]) => dimensions);
    assert.deepEqual(all.slice(1), [
      { ApiId: apiId, Stage: '$default' },
      { ApiId: apiId, Method: 'POST', Resource: '/x', Stage: '$default' },
    ]);
  });

  it('measures nothing by route unless asked', async (t) => {
    const api = await startTestApi(t, { functions: { run: () => 'ok' } });
    const apiId = await api.makeApi();
    await api.makeRoute(apiId, '$default', 'run');
    await api.send(apiId, '/x');
    assert.equal(api.measured.filter(([, name]) => name === 'Count').length, 2);
  });
});
