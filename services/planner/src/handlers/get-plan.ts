import { httpHandler } from '#shared/http/http-handler.ts';
import { localDateIn } from '../local-date.ts';
import { makePlan } from '../plan.ts';
import { planQuery } from '../plan-query.ts';
import { plannerService } from '../service.ts';

export const handler = httpHandler(
  plannerService,
  { query: planQuery },
  async ({ query }, { readOpenTasks }, context) => {
    const date = query.date ?? localDateIn(query.timezone)(context.now);
    const { tasks, isTruncated } = await readOpenTasks(context);
    const plan = makePlan(tasks, date, query.timezone);
    return { status: 200, body: isTruncated ? { ...plan, isTruncated } : plan };
  },
);
