import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestGateway } from './test-gateway.fixture.ts';

test('every request counts by API and stage, and by method where the stage asks for it', async (t) => {
  const samples: string[] = [];
  const gateway = await startTestGateway(t, {
    lambda: () => 'no proxy response',
    gateway: {
      putMetric: (_namespace, name, dimensions, value) => {
        if (name !== 'Latency' && name !== 'IntegrationLatency') {
          samples.push(`${name} ${value} ${Object.values(dimensions).join(' ')}`);
        }
      },
    },
  });
  const api = await gateway.deploy(
    { 'GET /x': {} },
    {
      api: { Name: 'metered' },
      stage: { MethodSettings: [{ ResourcePath: '/x', HttpMethod: 'GET', MetricsEnabled: true }] },
    },
  );
  await api.send('GET', '/nothing');
  assert.deepEqual(samples.splice(0), [
    'Count 1 metered',
    '4XXError 1 metered',
    '5XXError 0 metered',
    'Count 1 metered dev',
    '4XXError 1 metered dev',
    '5XXError 0 metered dev',
  ]);
  await api.send('GET', '/x');
  assert.deepEqual(samples.slice(-3), [
    'Count 1 metered dev /x GET',
    '4XXError 0 metered dev /x GET',
    '5XXError 1 metered dev /x GET',
  ]);
});
