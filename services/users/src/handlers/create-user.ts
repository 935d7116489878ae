import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { httpHandler } from '#shared/http/http-handler.ts';
import { locationOf } from '#shared/http/links.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { addUser } from '../add-user.ts';
import { usersService } from '../service.ts';
import { newUser } from '../user.ts';

export const handler = httpHandler(
  usersService,
  { body: newUser },
  async ({ body }, { users }, { caller, now, path }) => {
    checkOwnUser(caller, body.username);
    const user = await addUser(users, body, now);
    usersService.metrics.addMetric('UsersAdded', MetricUnit.Count, 1);
    return { status: 201, headers: locationOf(path, user.Username), body: user };
  },
);
