import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { takenError } from '../add-user.ts';
import { usersService } from '../service.ts';
import { unknownUser } from '../unknown-user.ts';
import { userChange, userPath } from '../user.ts';

export const handler = httpHandler(
  usersService,
  { path: userPath, body: userChange },
  async ({ path, body }, { users }, { caller }) => {
    checkOwnUser(caller, path.username);
    const result = await users.change(path.username, body);
    if ('user' in result) return { status: 200, body: result.user };
    throw result.refused === 'unknown' ? unknownUser() : takenError(['email']);
  },
);
