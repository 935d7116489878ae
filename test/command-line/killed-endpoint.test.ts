import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { clientsOf, createWays, missingOf, sendUntil } from '#test/support/acknowledged-load.ts';
import { runEndpoint } from '#tools/bench/running-endpoint.ts';

it('loses nothing that it acknowledged when it is killed under load', { timeout: 120_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'killed-endpoint-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const start = () => runEndpoint('--no-deploy', '--persist', folder);
  const acknowledged = new Set<string>();
  let endpoint = await start();
  t.after(() => endpoint.kill());
  let clients = clientsOf(endpoint.url);
  await createWays(clients);
  for (const count of [10, 60, 35]) {
    const stop = new AbortController();
    const sending = sendUntil(stop.signal, clients, acknowledged);
    const wanted = acknowledged.size + count;
    while (acknowledged.size < wanted) await sleep(1);
    await endpoint.kill();
    stop.abort();
    await sending;
    clients.close();
    endpoint = await start();
    clients = clientsOf(endpoint.url);
  }
  const { missing } = await missingOf(clients, acknowledged, 20_000);
  clients.close();
  assert.deepEqual(missing, []);
});
