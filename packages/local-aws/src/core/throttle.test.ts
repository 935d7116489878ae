import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from './clock.ts';
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

it('begins work of unknown cost while there are tokens, and pays for it before it begins more', async () => {
  const clock = new ManualClock();
  const throttle = new Throttle(clock);
  assert.equal(throttle.hasTokens('a', limit), true);
  throttle.take('a', limit, 5);
  assert.equal(throttle.hasTokens('a', limit), false);
  await clock.advance(3_000);
  assert.equal(throttle.hasTokens('a', limit), false);
  await clock.advance(1);
  assert.equal(throttle.hasTokens('a', limit), true);
});

/** A wait in milliseconds, or a request. */
const steps = fc.array(fc.oneof(fc.constant('request' as const), fc.integer({ min: 1, max: 2_000 })), {
  maxLength: 60,
});
const limits = fc.record({ rate: fc.integer({ min: 1, max: 20 }), burst: fc.integer({ min: 1, max: 10 }) });

it('admits in no span of time more than a burst and the rate, and refuses nothing that they allow', async () => {
  await fc.assert(
    fc.asyncProperty(limits, steps, async (given, taken) => {
      const clock = new ManualClock(0);
      const throttle = new Throttle(clock);
      const admittedAt: number[] = [];
      /** How many requests fit into every span of time that ends now, of which there is one for each request before. */
      const room = (): number => {
        const now = clock.now();
        const rooms = [...admittedAt, now].map((from, index) => {
          const admitted = admittedAt.length - index;
          return given.burst + ((now - from) / 1000) * given.rate - admitted;
        });
        return Math.min(...rooms);
      };
      for (const step of taken) {
        if (step !== 'request') {
          await clock.advance(step);
          continue;
        }
        const left = room();
        const isAdmitted = throttle.admits('key', given);
        // Neither is wrong where rounding decides.
        if (Math.abs(left - 1) > 1e-6) assert.equal(isAdmitted, left > 1);
        if (isAdmitted) admittedAt.push(clock.now());
      }
    }),
    { numRuns: 60 },
  );
});
