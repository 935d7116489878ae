import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import { PeriodEnds } from './period-ends.ts';

const minute = 60_000;

describe('the ends of periods', () => {
  it('are handled once for each name, and again only where the name stays due', async () => {
    const clock = new ManualClock();
    const handled: string[] = [];
    const ends = new PeriodEnds(clock, (name) => {
      handled.push(name);
      return name === 'stays';
    });
    for (let index = 0; index < 200; index += 1) ends.add(`name-${index}`, minute);
    ends.add('stays', minute);
    await clock.advance(2_000);
    assert.equal(handled.length, 201);
    await clock.advance(3 * minute);
    assert.deepEqual(handled.slice(201), ['stays', 'stays', 'stays']);
  });

  it('set no timer while nothing is due', async () => {
    const clock = new ManualClock();
    let timers = 0;
    const counting = {
      now: () => clock.now(),
      schedule(callback: () => void, delay: number) {
        timers += 1;
        return clock.schedule(callback, delay);
      },
    };
    const ends = new PeriodEnds(counting, () => false);
    ends.add('once', minute);
    await clock.advance(60 * minute);
    assert.equal(timers, 1);
    ends.add('again', minute);
    await clock.advance(minute + 2_000);
    assert.equal(timers, 2);
  });
});
