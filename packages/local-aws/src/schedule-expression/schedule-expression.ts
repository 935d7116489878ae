import { type Cron, parseCron } from './cron.ts';
import { instantOf, wallTime } from './time-zone.ts';

/** When something happens. All times are epoch milliseconds. */
export type Recurrence = {
  /** The first time after `after`; undefined when there is none. */
  next(after: number): number | undefined;
};

export type ScheduleExpression =
  | { readonly kind: 'rate'; readonly value: number; readonly unit: string; readonly milliseconds: number }
  | { readonly kind: 'cron'; readonly cron: Cron }
  /** `wall` is what the clocks of the time zone show then, as UTC. */
  | { readonly kind: 'at'; readonly wall: number };

const units: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Reads `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)` or `at(2026-12-24T18:00:00)`; undefined for everything else. */
export function parseScheduleExpression(text: string): ScheduleExpression | undefined {
  const [, count, unit = ''] = /^rate\(([1-9]\d{0,8}) ((?:minute|hour|day)s?)\)$/.exec(text) ?? [];
  if (count !== undefined) {
    const value = Number(count);
    return { kind: 'rate', value, unit, milliseconds: value * (units[unit.replace(/s$/, '')] ?? 0) };
  }
  const [, fields] = /^cron\((.*)\)$/.exec(text) ?? [];
  if (fields !== undefined) {
    const cron = parseCron(fields);
    return cron && { kind: 'cron', cron };
  }
  const [, time] = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/.exec(text) ?? [];
  const wall = Date.parse(`${time}Z`);
  // Date.parse takes the 31st of a shorter month for the first of the next one.
  const isDate = !Number.isNaN(wall) && new Date(wall).toISOString() === `${time}.000Z`;
  return isDate ? { kind: 'at', wall } : undefined;
}

/**
 * A time that clocks skip in spring does not happen, and one that they show twice in autumn happens at the first of both
 * only, as EventBridge Scheduler does it.
 */
export function cronRecurrence(cron: Cron, timeZone: string): Recurrence {
  return {
    next(after) {
      let wall: number | undefined = wallTime(after, timeZone);
      for (;;) {
        wall = cron.nextWall(wall);
        if (wall === undefined) return undefined;
        const instant = instantOf(wall, timeZone);
        if (instant !== undefined && instant > after) return instant;
      }
    },
  };
}

/** Every `milliseconds`, beginning at `first`. */
export function rateRecurrence(milliseconds: number, first: number): Recurrence {
  return {
    next: (after) => (after < first ? first : first + (Math.floor((after - first) / milliseconds) + 1) * milliseconds),
  };
}

/** Once, or never when clocks skip that time. */
export function onceRecurrence(wall: number, timeZone: string): Recurrence {
  const instant = instantOf(wall, timeZone);
  return { next: (after) => (instant !== undefined && instant > after ? instant : undefined) };
}
