import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { usersService } from '../service.ts';
import { unknownUser } from '../unknown-user.ts';
import { userPath } from '../user.ts';

export const handler = httpHandler(usersService, { path: userPath }, async ({ path }, { users }, { caller }) => {
  checkOwnUser(caller, path.username);
  const user = await users.find(path.username);
  if (user === undefined) throw unknownUser();
  return { status: 200, body: user };
});
