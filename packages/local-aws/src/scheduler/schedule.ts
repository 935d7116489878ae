import * as z from 'zod';
import {
  cronRecurrence,
  onceRecurrence,
  parseScheduleExpression,
  type Recurrence,
  rateRecurrence,
} from '../schedule-expression/schedule-expression.ts';
import { defaultRetryPolicy } from '../target-delivery/retry-policy.ts';
import { scheduleSettingsSchema } from './schedule-settings.ts';

export const scheduleSchema = scheduleSettingsSchema.extend({
  Name: z.string(),
  GroupName: z.string(),
  arn: z.string(),
  region: z.string(),
  /** Whether a template made it. Others are data, such as a reminder that a function plans. */
  isOfStack: z.boolean(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  modifiedAt: z.number(),
  /** The last time for which the target was invoked. */
  lastRunAt: z.number().optional(),
});
export type Schedule = z.infer<typeof scheduleSchema>;

/** The times of a schedule within its start and end. */
export function recurrenceOf(schedule: Schedule): Recurrence {
  const { StartDate, EndDate = Number.POSITIVE_INFINITY } = schedule;
  const times = timesOf(schedule);
  return {
    next(after) {
      const next = times.next(Math.max(after, (StartDate ?? 0) - 1));
      return next === undefined || next > EndDate ? undefined : next;
    },
  };
}

function timesOf({
  ScheduleExpression,
  ScheduleExpressionTimezone = 'UTC',
  StartDate,
  modifiedAt,
}: Schedule): Recurrence {
  const expression = parseScheduleExpression(ScheduleExpression);
  switch (expression?.kind) {
    case 'cron':
      return cronRecurrence(expression.cron, ScheduleExpressionTimezone);
    case 'rate':
      // Without a start date a rate begins at once.
      return rateRecurrence(expression.milliseconds, StartDate ?? modifiedAt);
    case 'at':
      return onceRecurrence(expression.wall, ScheduleExpressionTimezone);
    case undefined:
      return { next: () => undefined };
  }
}

/** As GetSchedule shows it, with the defaults of what was left out. */
export function describeSchedule(schedule: Schedule): object {
  const { arn, createdAt, modifiedAt, StartDate, EndDate, Target, ...rest } = schedule;
  const { region: _, isOfStack: __, lastRunAt: ___, ...settings } = rest;
  return {
    ActionAfterCompletion: 'NONE',
    ScheduleExpressionTimezone: 'UTC',
    State: 'ENABLED',
    ...settings,
    Target: { ...Target, RetryPolicy: { ...defaultRetryPolicy, ...Target.RetryPolicy } },
    ...(StartDate !== undefined && { StartDate: StartDate / 1000 }),
    ...(EndDate !== undefined && { EndDate: EndDate / 1000 }),
    Arn: arn,
    CreationDate: createdAt / 1000,
    LastModificationDate: modifiedAt / 1000,
  };
}

export function listSchedule({ Name, GroupName, State = 'ENABLED', Target, arn, ...times }: Schedule): object {
  return {
    ...{ Name, GroupName, State },
    Arn: arn,
    Target: { Arn: Target.Arn },
    CreationDate: times.createdAt / 1000,
    LastModificationDate: times.modifiedAt / 1000,
  };
}
