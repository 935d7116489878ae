import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dateOf, dayOf, localDayIn } from './local-date.ts';
import { makePlan } from './plan.ts';

const zones = Intl.supportedValuesOf('timeZone');
const zone = fc.constantFrom(...zones);
const instant = fc.date({
  min: new Date('1971-01-01T00:00:00Z'),
  max: new Date('2099-12-31T00:00:00Z'),
  noInvalidDate: true,
});
/** All that a task can be due at. */
const anyInstant = fc.date({
  min: new Date('0000-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});
const task = fc.record(
  {
    id: fc.uuid(),
    title: fc.string({ minLength: 1 }),
    isComplete: fc.boolean(),
    dueAt: fc.oneof(instant, anyInstant).map((date) => date.toISOString()),
  },
  { requiredKeys: ['id', 'title', 'isComplete'] },
);

describe('the day of an instant', () => {
  it('differs from the day in UTC by one at most', () => {
    fc.assert(
      fc.property(zone, anyInstant, (timezone, date) => {
        const utc = dayOf(date.toISOString().slice(0, 10));
        expect(Math.abs(localDayIn(timezone)(date) - utc)).toBeLessThanOrEqual(86_400_000);
      }),
    );
  });

  it('never goes back while time goes on', () => {
    fc.assert(
      fc.property(zone, anyInstant, fc.integer({ min: 0, max: 200_000_000 }), (timezone, date, later) => {
        const localDay = localDayIn(timezone);
        expect(localDay(date) <= localDay(new Date(date.getTime() + later))).toBe(true);
      }),
    );
  });

  it('is right around changes of the clock, of the date line and of the year', () => {
    const cases = [
      ['America/New_York', '2026-03-08T04:59:59.999Z', '2026-03-07'],
      ['America/New_York', '2026-03-09T03:59:59.999Z', '2026-03-08'],
      ['America/New_York', '2026-11-02T04:59:59.999Z', '2026-11-01'],
      // Midnight does not exist on this day: clocks go from 23:59 to 01:00.
      ['Asia/Beirut', '2026-03-28T21:59:59.999Z', '2026-03-28'],
      ['Asia/Beirut', '2026-03-28T22:00:00.000Z', '2026-03-29'],
      // Samoa left out the whole of 30 December.
      ['Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-29'],
      ['Pacific/Apia', '2011-12-30T10:00:00.000Z', '2011-12-31'],
      ['Asia/Kathmandu', '2025-12-31T18:15:00.000Z', '2026-01-01'],
      ['UTC', '0999-12-31T23:59:59.999Z', '0999-12-31'],
      ['UTC', '0099-01-01T00:00:00.000Z', '0099-01-01'],
    ] as const;
    for (const [timezone, at, day] of cases) expect(dateOf(localDayIn(timezone)(new Date(at)))).toBe(day);
  });
});

describe('a plan', () => {
  it('has every open task once, in the bucket that its day belongs to', () => {
    fc.assert(
      fc.property(fc.array(task), instant, zone, (tasks, now, timezone) => {
        const localDay = localDayIn(timezone);
        const today = localDay(now);
        const plan = makePlan(tasks, dateOf(today), timezone);
        const open = tasks.filter(({ isComplete }) => !isComplete);
        expect(new Set(plan.tasks)).toStrictEqual(new Set(open));
        expect(plan.tasks).toHaveLength(open.length);
        const { overdue, dueToday, upcoming, unscheduled } = plan;
        expect(plan.tasks).toStrictEqual([...overdue, ...dueToday, ...upcoming, ...unscheduled]);
        const day = ({ dueAt = '' }) => localDay(new Date(dueAt));
        expect(overdue.every((due) => day(due) < today)).toBe(true);
        expect(dueToday.every((due) => day(due) === today)).toBe(true);
        expect(upcoming.every((due) => day(due) > today)).toBe(true);
        expect(unscheduled.every(({ dueAt }) => dueAt === undefined)).toBe(true);
        expect(plan.summary).toStrictEqual({
          overdue: overdue.length,
          dueToday: dueToday.length,
          upcoming: upcoming.length,
          unscheduled: unscheduled.length,
        });
      }),
    );
  });

  it('lists tasks by due date, and those without a date in the order of the input', () => {
    const on = (id: string, dueAt?: string) => ({ id, title: id, isComplete: false, ...(dueAt && { dueAt }) });
    const tasks = [on('x'), on('c', '2026-05-01T12:00:00Z'), on('y'), on('a', '2026-05-01T10:00:00Z')];
    const plan = makePlan(tasks, '2026-05-01', 'UTC');
    expect(plan.tasks.map(({ id }) => id)).toStrictEqual(['a', 'c', 'x', 'y']);
  });

  it('sorts days outside of the years from 0 to 9999 by time', () => {
    const bucketOf = (dueAt: string, timezone: string, date = '2026-05-01') => {
      const { summary } = makePlan([{ id: '1', title: 'x', isComplete: false, dueAt }], date, timezone);
      return Object.entries(summary).find(([, count]) => count === 1)?.[0];
    };
    // East of UTC it is the year 10000, west of UTC the year before 0.
    expect(bucketOf('9999-12-31T23:59:59Z', 'Asia/Tokyo')).toBe('upcoming');
    expect(bucketOf('9999-12-31T23:59:59Z', 'UTC', '9999-12-31')).toBe('dueToday');
    expect(bucketOf('0000-01-01T00:00:00Z', 'America/New_York')).toBe('overdue');
    expect(bucketOf('0000-01-01T00:00:00Z', 'America/New_York', '0000-01-01')).toBe('overdue');
    expect(bucketOf('0000-06-01T00:00:00Z', 'UTC', '0001-06-01')).toBe('overdue');
    expect(bucketOf('0000-06-01T00:00:00Z', 'UTC', '0000-06-01')).toBe('dueToday');
  });
});
