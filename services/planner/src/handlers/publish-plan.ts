import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { callerOfJob } from '#shared/http/check-caller.ts';
import { scheduleHandler } from '#shared/schedule/schedule-handler.ts';
import { dateOf, localDayIn } from '../domain/local-date.ts';
import { morningInput, morningPlan } from '../domain/morning-plan.ts';
import { makePlan } from '../domain/plan.ts';
import { morningService } from '../service.ts';

/**
 * Publishes the plan of the day of the scheduled time, also when it runs after midnight. A day that is published already is
 * not published again.
 */
export const handler = scheduleHandler(
  morningService,
  morningInput,
  async ({ user, timezone }, { readOpenTasks, bus, runOnce }, { scheduledTime, metrics, ...context }) => {
    const date = dateOf(localDayIn(timezone)(scheduledTime));
    const { remainingTime, correlationId } = context;
    const caller = callerOfJob(user);
    await runOnce({ key: `${user}#${date}`, remainingTime }, async () => {
      const { tasks, isTruncated } = await readOpenTasks({ ...context, caller });
      const facts = { user: caller?.sub, correlationId, isTruncated };
      await bus.publish(morningPlan(makePlan(tasks, date, timezone), facts), scheduledTime);
      metrics.addMetric('MorningPlansPublished', MetricUnit.Count, 1);
      return date;
    });
    return { date };
  },
);
