import * as z from 'zod/mini';
import { pageTokenParameter } from '#shared/dynamodb/page-token.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { nextPageLink } from '#shared/http/links.ts';
import { instant, queryBoolean, queryInteger } from '#shared/validation/fields.ts';
import { ownerOf } from '../owner.ts';
import { tasksService } from '../service.ts';

const query = z.strictObject({
  limit: z._default(queryInteger(1, 100), 50),
  nextToken: z.optional(pageTokenParameter),
  isComplete: z.optional(queryBoolean),
  dueBefore: z.optional(instant),
});

export const handler = httpHandler(tasksService, { query }, async ({ query }, { tasks }, { caller }) => {
  const page = await tasks.list(ownerOf(caller), query);
  return { status: 200, headers: nextPageLink(query, page.nextToken), body: page.items };
});
