const day = 86_400_000;
/** A formatter takes a millisecond to make. */
const formatters = new Map<string, Intl.DateTimeFormat>();

export function isTimeZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What the clocks of a time zone show at an instant, as the instant at which those of UTC show the same. */
export function wallTime(instant: number, timeZone: string): number {
  if (timeZone === 'UTC') return instant;
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const wholeSecond = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return wholeSecond + (instant % 1000);
}

/**
 * The instant at which the clocks of a time zone show a time: the first one when they show it twice, undefined when they
 * skip it.
 */
export function instantOf(wall: number, timeZone: string): number | undefined {
  // No zone changes its offset twice in two days.
  const offsets = [wall - day, wall + day].map((instant) => wallTime(instant, timeZone) - instant);
  const candidates = offsets
    .map((offset) => wall - offset)
    .filter((instant) => wallTime(instant, timeZone) === wall)
    .sort((a, b) => a - b);
  return candidates[0];
}

/** @throws RangeError for an unknown time zone */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, formatter);
  return formatter;
}
