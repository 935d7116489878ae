import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { addressQuery } from '../domain/user.ts';
import { userNotFound } from '../domain/user-errors.ts';
import { service } from '../service.ts';

export const handler = httpHandler(service, { query: addressQuery }, async ({ query }, { users }, { caller }) => {
  checkOwnUser(caller, query.username);
  const result = await users.setAddress(query.username, query.new_address);
  if ('refused' in result) throw userNotFound();
  return { status: 200, body: { message: `Address of ${result.item.Username} updated successfully` } };
});
