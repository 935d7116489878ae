import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { usersService } from '../service.ts';
import { unknownUser } from '../unknown-user.ts';
import { addressQuery } from '../user-query.ts';

export const handler = httpHandler(usersService, { query: addressQuery }, async ({ query }, { users }, { caller }) => {
  checkOwnUser(caller, query.username);
  const user = await users.setAddress(query.username, query.new_address);
  if (user === undefined) throw unknownUser();
  return { status: 200, body: { message: `Address of ${user.Username} updated successfully` } };
});
