import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { newAddress, userPath } from '../domain/user.ts';
import { userNotFound } from '../domain/user-errors.ts';
import { service } from '../service.ts';

export const handler = httpHandler(
  service,
  { path: userPath, body: newAddress },
  async ({ path, body }, { users }, { caller }) => {
    checkOwnUser(caller, path.username);
    const result = await users.setAddress(path.username, body.address);
    if ('refused' in result) throw userNotFound();
    return { status: 200, body: result.item };
  },
);
