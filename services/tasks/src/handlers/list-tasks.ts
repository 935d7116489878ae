import { httpHandler } from '#shared/http/http-handler.ts';
import { nextPageLink } from '#shared/http/links.ts';
import { ownerOf } from '../owner.ts';
import { tasksService } from '../service.ts';
import { taskQuery } from '../task-query.ts';

export const handler = httpHandler(tasksService, { query: taskQuery }, async ({ query }, { tasks }, { caller }) => {
  const page = await tasks.list(ownerOf(caller), query);
  return { status: 200, headers: nextPageLink(query, page.nextToken), body: page.items };
});
