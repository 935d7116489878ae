import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import { QueueScaling } from './queue-scaling.ts';

it('gives a queue more batches each minute while all that it may have are in flight, up to the most', async () => {
  const clock = new ManualClock();
  const scaling = new QueueScaling(clock, { first: 5, perMinute: 300, most: 1_250 });
  assert.equal(scaling.allowed(0), 5);
  assert.equal(scaling.allowed(5), 5);
  await clock.advance(1_000);
  assert.equal(scaling.allowed(5), 10);
  await clock.advance(60_000);
  assert.equal(scaling.allowed(10), 310);
  await clock.advance(10 * 60_000);
  assert.equal(scaling.allowed(310), 1_250);
  assert.equal(scaling.allowed(4), 5, 'a queue that is quiet begins anew');
});
