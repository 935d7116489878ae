import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { usersService } from '../service.ts';
import { unknownUser } from '../unknown-user.ts';
import { newAddress, userPath } from '../user.ts';

export const handler = httpHandler(
  usersService,
  { path: userPath, body: newAddress },
  async ({ path, body }, { users }, { caller }) => {
    checkOwnUser(caller, path.username);
    const user = await users.setAddress(path.username, body.address);
    if (user === undefined) throw unknownUser();
    return { status: 200, body: user };
  },
);
