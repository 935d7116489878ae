import * as z from 'zod/mini';
import { calendarDate, type Day, dayOf, localDayIn, timezone } from './local-date.ts';

/** The day to plan, and the time zone in which it begins and ends. */
export const planQuery = z.strictObject({ date: z.optional(calendarDate), timezone: z._default(timezone, 'UTC') });

/** The fields of a task that the planner uses; the others are passed on. */
export const plannedTask = z.looseObject({
  id: z.string(),
  title: z.string(),
  isComplete: z.boolean(),
  dueAt: z.optional(z.iso.datetime({ offset: true })),
});
export type PlannedTask = z.infer<typeof plannedTask>;

type Buckets<T> = {
  readonly overdue: T;
  readonly dueToday: T;
  readonly upcoming: T;
  readonly unscheduled: T;
};

/** The open tasks, seen from the day `date` in `timezone`. */
export type Plan = Buckets<readonly PlannedTask[]> & {
  readonly date: string;
  readonly timezone: string;
  readonly summary: Buckets<number>;
  /** Every task of the plan, bucket by bucket. */
  readonly tasks: readonly PlannedTask[];
};

/** Sorts open tasks into buckets by the day on which they are due; a bucket is sorted by due time. */
export function makePlan(tasks: readonly PlannedTask[], date: string, timezone: string): Plan {
  const localDay = localDayIn(timezone);
  const day = dayOf(date);
  const buckets = Map.groupBy(
    tasks.filter((task) => !task.isComplete).sort((a, b) => dueTime(a) - dueTime(b)),
    ({ dueAt }) => (dueAt === undefined ? 'unscheduled' : bucketOf(localDay(new Date(dueAt)), day)),
  );
  const overdue = buckets.get('overdue') ?? [];
  const dueToday = buckets.get('dueToday') ?? [];
  const upcoming = buckets.get('upcoming') ?? [];
  const unscheduled = buckets.get('unscheduled') ?? [];
  return {
    date,
    timezone,
    summary: {
      overdue: overdue.length,
      dueToday: dueToday.length,
      upcoming: upcoming.length,
      unscheduled: unscheduled.length,
    },
    overdue,
    dueToday,
    upcoming,
    unscheduled,
    tasks: [...overdue, ...dueToday, ...upcoming, ...unscheduled],
  };
}

function bucketOf(dueDay: Day, day: Day): keyof Buckets<unknown> {
  if (dueDay === day) return 'dueToday';
  return dueDay < day ? 'overdue' : 'upcoming';
}

function dueTime({ dueAt }: PlannedTask): number {
  return dueAt === undefined ? 0 : Date.parse(dueAt);
}
