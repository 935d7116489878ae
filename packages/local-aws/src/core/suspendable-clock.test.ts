import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from './clock.ts';
import { SuspendableClock } from './suspendable-clock.ts';

function start() {
  const manual = new ManualClock();
  const clock = new SuspendableClock(manual);
  const fired: string[] = [];
  return {
    manual,
    clock,
    fired,
    after: (name: string, delay: number) => clock.schedule(() => fired.push(name), delay),
  };
}

test('while it is held its timers stand still, and go on with what was left', async () => {
  const { manual, clock, fired, after } = start();
  after('a', 1000);
  await manual.advance(600);
  const hold = clock.hold();
  after('later', 100);
  await manual.advance(60_000);
  assert.deepEqual(fired, []);
  hold[Symbol.dispose]();
  await manual.advance(399);
  assert.deepEqual(fired, ['later']);
  await manual.advance(1);
  assert.deepEqual(fired, ['later', 'a']);
});

test('it goes on when nothing holds it any more', async () => {
  const { manual, clock, fired, after } = start();
  after('a', 10);
  const [first, second] = [clock.hold(), clock.hold()];
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await manual.advance(10);
  assert.deepEqual(fired, []);
  second[Symbol.dispose]();
  await manual.advance(10);
  assert.deepEqual(fired, ['a']);
});

test('a timer can be cancelled while it is held, and the time of day goes on', async () => {
  const { manual, clock, fired, after } = start();
  const timer = after('a', 10);
  const hold = clock.hold();
  const before = clock.now();
  timer.cancel();
  await manual.advance(50);
  hold[Symbol.dispose]();
  await manual.advance(50);
  assert.deepEqual(fired, []);
  assert.equal(clock.now(), before + 100);
});
