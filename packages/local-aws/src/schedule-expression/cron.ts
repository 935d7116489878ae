import { Cron as Croner } from 'croner';

/** A cron expression of AWS, over times on the clocks of its time zone, which are written as times in UTC. */
export type Cron = {
  /** The first time after `wall`, in epoch milliseconds. */
  nextWall(wall: number): number | undefined;
};

type Field = { readonly characters: RegExp; readonly last: string };

const numbers = /^[\d*,/-]+$/;
/** Minutes, hours, day of month, month, day of week, year. */
const fields: readonly Field[] = [
  { characters: numbers, last: '59' },
  { characters: numbers, last: '23' },
  { characters: /^(?:\?|[\d*,/-]+|L|LW|\d+W)$/, last: '31' },
  { characters: /^[\dA-Z*,/-]+$/, last: '12' },
  { characters: /^(?:\?|[\dA-Z*,/#-]+L?|L)$/, last: '7' },
  { characters: numbers, last: '2199' },
];
const [firstYear, lastYear] = [1970, 2199];

/** The six fields between the parentheses of `cron(…)`; undefined when they are not valid. */
export function parseCron(text: string): Cron | undefined {
  const given = text.toUpperCase().split(' ');
  const [, , dayOfMonth, , dayOfWeek, year = ''] = given;
  const isShaped =
    given.length === fields.length && given.every((field, index) => fields[index]?.characters.test(field));
  // One of the two days has to be left open.
  if (!isShaped || (dayOfMonth === '?') === (dayOfWeek === '?')) return undefined;
  if (
    (year.replaceAll(/\/\d+/g, '').match(/\d+/g) ?? []).some(
      (each) => Number(each) < firstYear || Number(each) > lastYear,
    )
  )
    return undefined;
  return compile(given.map((field, index) => translate(field, index)).join(' '));
}

/** croner names the last day of the week and a step from a number on in another way. */
function translate(field: string, index: number): string {
  if (index === 4 && field === 'L') return '7';
  return field
    .split(',')
    .map((part) => part.replace(/^([\dA-Z]+)\/(\d+)$/, `$1-${fields[index]?.last}/$2`))
    .join(',');
}

function compile(pattern: string): Cron | undefined {
  try {
    const cron = new Croner(`0 ${pattern}`, {
      paused: true,
      timezone: 'UTC',
      mode: '7-part',
      alternativeWeekdays: true,
    });
    return {
      nextWall(wall) {
        const next = cron.nextRun(new Date(wall));
        // The star of a year has no end in croner.
        return next === null || next.getUTCFullYear() > lastYear ? undefined : next.getTime();
      },
    };
  } catch {
    return undefined;
  }
}
