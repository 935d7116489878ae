import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { userChange, userPath } from '../domain/user.ts';
import { fieldsTaken, userNotFound } from '../domain/user-errors.ts';
import { service } from '../service.ts';

export const handler = httpHandler(
  service,
  { path: userPath, body: userChange },
  async ({ path, body }, { users }, { caller }) => {
    checkOwnUser(caller, path.username);
    const result = await users.change(path.username, body);
    if ('refused' in result) throw result.refused === 'not-found' ? userNotFound() : fieldsTaken(['email']);
    return { status: 200, body: result.item };
  },
);
