import { httpHandler } from '#shared/http/http-handler.ts';
import { dateOf, localDayIn } from '../domain/local-date.ts';
import { makePlan, planQuery } from '../domain/plan.ts';
import { service } from '../service.ts';

export const handler = httpHandler(service, { query: planQuery }, async ({ query }, { readOpenTasks }, context) => {
  const date = query.date ?? dateOf(localDayIn(query.timezone)(context.now));
  const { tasks, isTruncated } = await readOpenTasks(context);
  const plan = makePlan(tasks, date, query.timezone);
  return { status: 200, body: isTruncated ? { ...plan, isTruncated } : plan };
});
