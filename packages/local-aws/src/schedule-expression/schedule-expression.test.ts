import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ruleSchedule } from './rule-schedule.ts';
import { cronRecurrence, onceRecurrence, parseScheduleExpression, type Recurrence } from './schedule-expression.ts';
import { instantOf, wallTime } from './time-zone.ts';

function take(recurrence: Recurrence | undefined, from: string, count: number): string[] {
  const found: string[] = [];
  let after: number | undefined = Date.parse(from) - 1;
  while (found.length < count) {
    after = recurrence?.next(after);
    if (after === undefined) break;
    found.push(new Date(after).toISOString().slice(0, 16));
  }
  return found;
}

function cron(text: string, timeZone = 'UTC'): Recurrence | undefined {
  const expression = parseScheduleExpression(`cron(${text})`);
  return expression?.kind === 'cron' ? cronRecurrence(expression.cron, timeZone) : undefined;
}

/** From 1 January 2026, a Thursday. */
const times: [fields: string, ...first: string[]][] = [
  ['0 10 * * ? *', '2026-01-01T10:00', '2026-01-02T10:00'],
  ['0/15 8-8 * * ? *', '2026-01-01T08:00', '2026-01-01T08:15'],
  ['5,35 14 * * ? *', '2026-01-01T14:05', '2026-01-01T14:35'],
  ['1-31/30 1-1 ? * 1,7 *', '2026-01-03T01:01', '2026-01-03T01:31', '2026-01-04T01:01'],
  ['0 18 ? * MON-FRI *', '2026-01-01T18:00', '2026-01-02T18:00', '2026-01-05T18:00'],
  ['0 8 1 * ? *', '2026-01-01T08:00', '2026-02-01T08:00'],
  ['0 12 L * ? *', '2026-01-31T12:00', '2026-02-28T12:00'],
  ['0 12 15W * ? *', '2026-01-15T12:00', '2026-02-16T12:00'],
  ['0 12 LW * ? *', '2026-01-30T12:00', '2026-02-27T12:00'],
  ['0 12 ? * L *', '2026-01-03T12:00', '2026-01-10T12:00'],
  ['15 10 ? * 6L *', '2026-01-30T10:15', '2026-02-27T10:15'],
  ['0 2 ? * SAT#3 *', '2026-01-17T02:00', '2026-02-21T02:00'],
  ['0 12 ? * 3#2 *', '2026-01-13T12:00', '2026-02-10T12:00'],
  ['0 0 1 1 ? 2026/2', '2026-01-01T00:00', '2028-01-01T00:00'],
  ['0 0 29 2 ? *', '2028-02-29T00:00', '2032-02-29T00:00'],
];

describe('cron expression', () => {
  for (const [fields, ...first] of times) {
    it(`${fields} is ${first.join(', ')}`, () =>
      assert.deepEqual(take(cron(fields), '2026-01-01T00:00:00Z', first.length), first));
  }

  for (const fields of ['15 10 ? * 6L 2002-2005', '0 0 31 2 ? *', '0/5 5 ? JAN 1-5 2022']) {
    it(`${fields} is valid, and has no time to come`, () =>
      assert.deepEqual(take(cron(fields), '2026-01-01T00:00:00Z', 1), []));
  }

  for (const fields of [
    '',
    'INVALID',
    '0 1 * * * *',
    '0 1 ? * ? *',
    '7 20 * * NOT *',
    '0 dummy ? * MON-FRI *',
    '71 8 1 * ? *',
    '0 10 * * ?',
    '0 0 10 * * ? *',
    '0 10 * * ? 1969',
    '0 10 ? * 0 *',
    '0 10 ? * 2#6 *',
    '*/0 * * * ? *',
    'L * * * ? *',
    '@daily',
  ]) {
    it(`refuses cron(${fields})`, () => assert.equal(parseScheduleExpression(`cron(${fields})`), undefined));
  }

  it('any text is read or refused, and what is read has times after the one before', () => {
    const part = fc.constantFrom('*', '?', '0', '5', '1-3', '*/2', '0/7', 'L', '3W', 'MON', '2#1', '6L', '2027', 'JAN');
    fc.assert(
      fc.property(fc.array(part, { minLength: 5, maxLength: 7 }), (parts) => {
        const recurrence = cron(parts.join(' '), 'Europe/Berlin');
        let after = Date.UTC(2026, 2, 28);
        for (let count = 0; count < 3; count++) {
          const next = recurrence?.next(after);
          if (next === undefined) return;
          assert.ok(next > after);
          after = next;
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('time zones', () => {
  it('reads the fields on the clocks of the zone', () => {
    assert.deepEqual(take(cron('0 8 * * ? *', 'America/New_York'), '2026-01-10T00:00:00Z', 1), ['2026-01-10T13:00']);
    assert.deepEqual(take(cron('0 8 * * ? *', 'America/New_York'), '2026-07-10T00:00:00Z', 1), ['2026-07-10T12:00']);
    assert.deepEqual(take(cron('30 0 1 * ? *', 'Asia/Kathmandu'), '2026-01-10T00:00:00Z', 1), ['2026-01-31T18:45']);
  });

  it('skips a time that the clocks skip in spring', () => {
    // On 8 March 2026 clocks of New York go from 02:00 to 03:00.
    assert.deepEqual(take(cron('30 2 * * ? *', 'America/New_York'), '2026-03-07T00:00:00Z', 3), [
      '2026-03-07T07:30',
      '2026-03-09T06:30',
      '2026-03-10T06:30',
    ]);
  });

  it('happens once at a time that the clocks show twice in autumn', () => {
    // On 1 November 2026 clocks of New York go from 02:00 to 01:00.
    assert.deepEqual(take(cron('30 * * * ? *', 'America/New_York'), '2026-11-01T04:00:00Z', 4), [
      '2026-11-01T04:30',
      '2026-11-01T05:30',
      '2026-11-01T07:30',
      '2026-11-01T08:30',
    ]);
  });

  it('does not run a one-time schedule at a time that does not exist', () => {
    const next = (time: string) => onceRecurrence(Date.parse(`${time}Z`), 'America/New_York').next(0);
    assert.equal(next('2026-03-08T02:30:00'), undefined);
    assert.equal(next('2026-11-01T01:30:00'), Date.parse('2026-11-01T05:30:00Z'));
  });

  it('finds for what clocks show an instant at which they show it', () => {
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'Africa/Casablanca',
    );
    const instant = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) });
    fc.assert(
      fc.property(zone, instant, (timeZone, time) => {
        const found = instantOf(wallTime(time, timeZone), timeZone);
        assert.ok(found !== undefined && found <= time);
        assert.equal(wallTime(found, timeZone), wallTime(time, timeZone));
      }),
    );
  });
});

describe('rate of a rule', () => {
  it('counts from when it was set', () => {
    const since = Date.parse('2026-01-01T00:00:20Z');
    assert.deepEqual(take(ruleSchedule('rate(5 minutes)')(since), '2026-01-01T00:00:20Z', 2), [
      '2026-01-01T00:05',
      '2026-01-01T00:10',
    ]);
  });

  for (const text of [
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 minutes)',
    'rate(5 seconds)',
    'at(2026-01-01T00:00:00)',
  ]) {
    it(`refuses ${text}`, () =>
      assert.throws(() => ruleSchedule(text), { message: 'Parameter ScheduleExpression is not valid.' }));
  }
});

describe('expressions of EventBridge Scheduler', () => {
  for (const text of [
    'rate(10 seconds)',
    'rate(10 years)',
    'rate()',
    'rate(10)',
    'rate(10 minutess)',
    'rate(foo minutes)',
    'rate(-10 minutes)',
    'rate( 10 minutes )',
    ' rate(10 minutes)',
    'at(2021-12-31T23:59:59Z)',
    'at(2021-12-31)',
    'at(2021-02-31T00:00:00)',
  ]) {
    it(`refuses '${text}'`, () => assert.equal(parseScheduleExpression(text), undefined));
  }
});
