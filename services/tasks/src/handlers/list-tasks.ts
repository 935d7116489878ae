import { httpHandler } from '#shared/http/http-handler.ts';
import { nextPageLink } from '#shared/http/links.ts';
import { ownerOf } from '../domain/owner.ts';
import { taskQuery } from '../domain/task.ts';
import { service } from '../service.ts';

export const handler = httpHandler(service, { query: taskQuery }, async ({ query }, { tasks }, { caller }) => {
  const page = await tasks.list(ownerOf(caller), query);
  return { status: 200, headers: nextPageLink(query, page.nextToken), body: page.items };
});
