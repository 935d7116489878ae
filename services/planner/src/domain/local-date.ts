import * as z from 'zod/mini';

/** A calendar date, `YYYY-MM-DD`, which sorts as text. */
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
 * Finds the calendar date of an instant in a time zone, by the time zone data of the runtime. So days of 23 and 25 hours,
 * and days that begin at 01:00, need no code here.
 */
export function localDateIn(timeZone: string): (instant: Date) => string {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (instant) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
    return `${parts.year?.padStart(4, '0')}-${parts.month}-${parts.day}`;
  };
}
