import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import { TableDescriptions } from './table-descriptions.ts';

/** Counts how often the engine is asked about its table. */
function countingEngine(table: JsonObject) {
  const asked = { times: 0 };
  const engine = {
    call: async () => {
      asked.times += 1;
      return { Table: { TableStatus: 'ACTIVE', ...table } };
    },
    forward: () => Promise.reject(new Error('not used')),
    close: () => {},
  };
  return { engine, asked };
}

test('the description of a large table is used for a minute, unless the table changes', async () => {
  const clock = new ManualClock(0);
  const { engine, asked } = countingEngine({ ItemCount: 10_001 });
  const descriptions = new TableDescriptions(engine, clock);
  const describe = () => descriptions.describe('large');
  await describe();
  await clock.advance(59_999);
  assert.deepEqual(await describe(), { Table: { TableStatus: 'ACTIVE', ItemCount: 10_001 } });
  assert.equal(asked.times, 1);
  await clock.advance(1);
  await describe();
  assert.equal(asked.times, 2);
  descriptions.forget('large');
  await describe();
  assert.equal(asked.times, 3);
  descriptions.forgetAll();
  await describe();
  assert.equal(asked.times, 4);
});

const changing: readonly (readonly [string, JsonObject])[] = [
  ['a table of few items', { ItemCount: 10_000 }],
  ['a table that is being changed', { ItemCount: 10_001, TableStatus: 'UPDATING' }],
  ['an index that is being made', { ItemCount: 10_001, GlobalSecondaryIndexes: [{ IndexStatus: 'CREATING' }] }],
];
for (const [what, table] of changing) {
  test(`the engine is asked each time about ${what}`, async () => {
    const { engine, asked } = countingEngine(table);
    const descriptions = new TableDescriptions(engine, new ManualClock(0));
    await descriptions.describe('t');
    await descriptions.describe('t');
    assert.equal(asked.times, 2);
  });
}
