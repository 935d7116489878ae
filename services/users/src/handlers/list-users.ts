import { httpHandler } from '#shared/http/http-handler.ts';
import { nextPageLink } from '#shared/http/links.ts';
import { usersService } from '../service.ts';
import { userQuery } from '../user-query.ts';

export const handler = httpHandler(usersService, { query: userQuery }, async ({ query }, { users }) => {
  const page = await users.list(query);
  return { status: 200, headers: nextPageLink(query, page.nextToken), body: page.items };
});
