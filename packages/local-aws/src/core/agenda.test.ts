import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Agenda, type Appointment } from './agenda.ts';
import { type Clock, ManualClock } from './clock.ts';

const start = Date.UTC(2026, 0, 1);

describe('an agenda', () => {
  it('runs items at their time, those of the same time in the order in which they were added', async () => {
    const clock = new ManualClock(start);
    const ran: string[] = [];
    const agenda = new Agenda<string>(clock, (item) => ran.push(`${item} ${clock.now() - start}`));
    agenda.add('late', start + 20);
    agenda.add('first', start + 10);
    agenda.add('second', start + 10);
    await clock.advance(15);
    assert.deepEqual(ran, ['first 10', 'second 10']);
    await clock.advance(15);
    assert.deepEqual(ran, ['first 10', 'second 10', 'late 20']);
  });

  it('waits for items that are further away than the longest timer of Node', async () => {
    const manual = new ManualClock(start);
    const delays: number[] = [];
    const clock: Clock = {
      now: () => manual.now(),
      schedule(callback, delay) {
        delays.push(delay);
        return manual.schedule(callback, delay);
      },
    };
    const ran: number[] = [];
    const agenda = new Agenda<number>(clock, (item) => ran.push(item));
    const year = 365 * 86_400_000;
    agenda.add(1, start + year);
    await manual.advance(year - 1);
    assert.deepEqual(ran, []);
    await manual.advance(1);
    assert.deepEqual(ran, [1]);
    assert.ok(Math.max(...delays) < 2 ** 31);
  });

  it('runs everything that is not cancelled, and nothing twice', async () => {
    const items = fc.array(fc.record({ delay: fc.nat(50), cancelAfter: fc.option(fc.nat(50)) }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(items, async (planned) => {
        const clock = new ManualClock(start);
        const ran: number[] = [];
        const agenda = new Agenda<number>(clock, (item) => ran.push(item));
        const appointments: Appointment[] = planned.map(({ delay }, item) => agenda.add(item, start + delay));
        for (let now = 0; now <= 51; now += 1) {
          await clock.advance(1);
          for (const [item, { cancelAfter }] of planned.entries()) {
            const appointment = appointments[item];
            if (cancelAfter === now && appointment !== undefined) agenda.cancel(appointment);
          }
        }
        const expected = planned.flatMap(({ delay, cancelAfter }, item) =>
          cancelAfter === null || delay <= cancelAfter + 1 ? [item] : [],
        );
        assert.deepEqual(
          ran.toSorted((a, b) => a - b),
          expected,
        );
      }),
    );
  });

  it('gives the event loop its turn while thousands of items are due', async () => {
    const clock = new ManualClock(start);
    let ran = 0;
    let turns = 0;
    const counting: Clock = {
      now: () => clock.now(),
      schedule(callback, delay) {
        return clock.schedule(() => {
          turns += 1;
          const before = ran;
          callback();
          assert.ok(ran - before <= 1_000);
        }, delay);
      },
    };
    const agenda = new Agenda<number>(counting, () => {
      ran += 1;
    });
    for (let item = 0; item < 4_500; item += 1) agenda.add(item, start + 10);
    await clock.advance(10);
    assert.deepEqual([ran, turns], [4_500, 5]);
  });
});
