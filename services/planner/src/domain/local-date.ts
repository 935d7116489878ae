import * as z from 'zod/mini';

/** A calendar date, `YYYY-MM-DD`. */
export const calendarDate = z.iso.date({ error: 'must be a date as YYYY-MM-DD' });

/** An IANA time zone that the runtime knows. Offsets such as `+02:00`, which it accepts too, have no daylight saving time. */
export const timezone = z
  .string()
  .check(
    z.maxLength(64, { error: 'must be an IANA time zone', abort: true }),
    z.refine(isTimezone, { error: 'must be an IANA time zone' }),
  );

function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * A day of the calendar as the time of its midnight in UTC. Days compare as numbers, unlike dates as text: the local date
 * of an instant can be in the year 10000, or in the one before 0000.
 */
export type Day = number;

export function dayOf(date: string): Day {
  return Date.parse(date);
}

export function dateOf(day: Day): string {
  return new Date(day).toISOString().slice(0, 10);
}

/**
 * Finds the day of an instant in a time zone, by the time zone data of the runtime. So days of 23 and 25 hours, and days
 * that begin at 01:00, need no code here.
 */
export function localDayIn(timeZone: string): (instant: Date) => Day {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  return (instant) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
    // There is no year 0 in eras: 1 BC is the year 0 of ISO 8601.
    const year = parts.era?.startsWith('B') ? 1 - Number(parts.year) : Number(parts.year);
    // Unlike Date.UTC, it takes the years from 0 to 99 as they are.
    return new Date(0).setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day));
  };
}
