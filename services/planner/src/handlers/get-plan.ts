import * as z from 'zod/mini';
import { httpHandler } from '#shared/http/http-handler.ts';
import { calendarDate, localDateIn, timezone } from '../local-date.ts';
import { makePlan } from '../plan.ts';
import { plannerService } from '../service.ts';

const query = z.strictObject({
  date: z.optional(calendarDate),
  timezone: z._default(timezone, 'UTC'),
});

export const handler = httpHandler(plannerService, { query }, async ({ query }, { readOpenTasks }, context) => {
  const { date = localDateIn(query.timezone)(context.now), timezone } = query;
  const { tasks, isTruncated } = await readOpenTasks(context);
  const plan = makePlan(tasks, date, timezone);
  return { status: 200, body: isTruncated ? { ...plan, isTruncated } : plan };
});
