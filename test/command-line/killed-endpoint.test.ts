import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { clientsOf, createWays, missingOf, sendUntil } from '#test/support/acknowledged-load.ts';
import { runEndpoint } from '#tools/bench/running-endpoint.ts';

it('loses nothing that it acknowledged when it is killed under load', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'killed-endpoint-'));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
  const start = () => runEndpoint('--no-deploy', '--persist', folder);
  const acknowledged = new Set<string>();
  let endpoint = await start();
  cleanup.defer(() => endpoint.kill());
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
  expect(missing).toStrictEqual([]);
});
