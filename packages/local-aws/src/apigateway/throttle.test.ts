import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import { Throttle } from './throttle.ts';

const limit = { rate: 1, burst: 2 };

it('admits a burst, then as many as the rate allows, for each key', async () => {
  const clock = new ManualClock();
  const throttle = new Throttle(clock);
  const admits = (key: string, count: number) => Array.from({ length: count }, () => throttle.admits(key, limit));
  assert.deepEqual(admits('a', 3), [true, true, false]);
  assert.deepEqual(admits('b', 1), [true]);
  await clock.advance(1_000);
  assert.deepEqual(admits('a', 2), [true, false]);
});

it('still refuses the key that has used up its burst after thousands of other keys', () => {
  const throttle = new Throttle(new ManualClock());
  for (let call = 0; call < 2; call += 1) throttle.admits('used up', limit);
  for (let key = 0; key < 5_000; key += 1) throttle.admits(String(key), limit);
  assert.equal(throttle.admits('used up', limit), false);
});
