import * as z from 'zod/mini';
import { timezone } from './local-date.ts';
import type { Plan, PlannedTask } from './plan.ts';

/** The input of the schedule, besides the time: whose plan to make, in which time zone. */
export const morningInput = z.looseObject({ user: z.string(), timezone });

/** The most tasks of a bucket in an event: it stays far below the 256 KB of EventBridge and SNS. */
const maxTasks = 20;

type DueTask = { readonly id: string; readonly title: string; readonly dueAt: string };

/**
 * The detail of the event MorningPlanMade: version 1 of services/planner/morning-plan.v1.json. A member may be added in this
 * version; one that goes or changes its meaning makes another version, published next to this one until no rule is left.
 */
export type MorningPlan = Pick<Plan, 'date' | 'timezone' | 'summary'> & {
  readonly version: 1;
  /** Whose plan it is; absent where the API knows no users. */
  readonly user?: string;
  readonly correlationId: string;
  readonly overdue: readonly DueTask[];
  readonly dueToday: readonly DueTask[];
  /** Whether there are more tasks than the lists or the summary show. */
  readonly isTruncated: boolean;
  /** The plan in a sentence. A rule can pass it on to people as it is; it cannot format a list. */
  readonly text: string;
};

type Facts = {
  readonly user: string | undefined;
  readonly correlationId: string;
  readonly isTruncated: boolean;
};

export function morningPlan(plan: Plan, { user, correlationId, isTruncated }: Facts): MorningPlan {
  const { date, timezone, summary } = plan;
  const overdue = listed(plan.overdue);
  const dueToday = listed(plan.dueToday);
  const shown = overdue.length + dueToday.length;
  return {
    version: 1,
    ...(user !== undefined && { user }),
    correlationId,
    date,
    timezone,
    summary,
    overdue,
    dueToday,
    isTruncated: isTruncated || shown < summary.overdue + summary.dueToday,
    text: [
      sentence('Due today', dueToday, summary.dueToday),
      sentence('Overdue', overdue, summary.overdue),
      `Later: ${summary.upcoming}. Without a date: ${summary.unscheduled}.`,
    ].join(' '),
  };
}

function listed(tasks: readonly PlannedTask[]): readonly DueTask[] {
  return tasks.slice(0, maxTasks).map(({ id, title, dueAt = '' }) => ({ id, title, dueAt }));
}

function sentence(label: string, tasks: readonly DueTask[], count: number): string {
  if (count === 0) return `${label}: nothing.`;
  const more = count > tasks.length ? ` and ${count - tasks.length} more` : '';
  return `${label}: ${tasks.map(({ title }) => title).join(', ')}${more}.`;
}
