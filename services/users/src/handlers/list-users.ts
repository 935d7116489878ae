import { httpHandler } from '#shared/http/http-handler.ts';
import { nextPageLink } from '#shared/http/links.ts';
import { userQuery } from '../domain/user.ts';
import { service } from '../service.ts';

export const handler = httpHandler(service, { query: userQuery }, async ({ query }, { users }) => {
  const page = await users.list(query);
  return { status: 200, headers: nextPageLink(query, page.nextToken), body: page.items };
});
