import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { userPath } from '../domain/user.ts';
import { userNotFound } from '../domain/user-errors.ts';
import { service } from '../service.ts';

export const handler = httpHandler(service, { path: userPath }, async ({ path }, { users }, { caller }) => {
  checkOwnUser(caller, path.username);
  const user = await users.find(path.username);
  if (user === undefined) throw userNotFound();
  return { status: 200, body: user };
});
