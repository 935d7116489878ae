import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import { ExpiringCache } from './expiring-cache.ts';

it('keeps the last ten thousand values, however many keys clients choose', () => {
  const cache = new ExpiringCache<number>(new ManualClock());
  for (let key = 0; key < 10_002; key += 1) cache.set(String(key), key, 60_000);
  assert.deepEqual(
    [cache.get('0'), cache.get('1'), cache.get('2'), cache.get('10001')],
    [undefined, undefined, 2, 10_001],
  );
});

it('forgets a value after its own time', async () => {
  const clock = new ManualClock();
  const cache = new ExpiringCache<string>(clock);
  cache.set('short', 'a', 1_000);
  cache.set('long', 'b', 5_000);
  cache.set('none', 'c', 0);
  await clock.advance(1_000);
  assert.deepEqual([cache.get('short'), cache.get('long'), cache.get('none')], [undefined, 'b', undefined]);
});
