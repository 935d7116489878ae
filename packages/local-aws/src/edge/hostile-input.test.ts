import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hostileInputs } from '../testing/hostile-inputs.ts';
import { startWatchedEndpoint, type WatchedEndpoint } from '../testing/watched-endpoint.ts';

/**
 * In milliseconds of CPU time. The target is 50, which `npm run bench -- hostile-input` measures; code that runs for the
 * first time, and a slow machine, take a multiple.
 */
const maxTurn = 250;

describe('hostile input does not hold the event loop', () => {
  let endpoint: WatchedEndpoint;
  before(async () => {
    endpoint = await startWatchedEndpoint();
  });
  after(() => endpoint.stop());

  for (const { name, statuses, send } of hostileInputs) {
    it(name, { timeout: 120_000 }, async (t) => {
      await endpoint.report();
      const { status, body } = await send(endpoint.url);
      const { longestTurn, errors } = await endpoint.report();
      t.diagnostic(`longest turn of the event loop: ${longestTurn.toFixed(0)} ms of CPU`);
      assert.deepEqual(errors, []);
      assert(statuses.includes(status), `${status}: ${body.slice(0, 300)}`);
      assert(longestTurn < maxTurn, `the event loop was held for ${longestTurn} ms`);
    });
  }
});
