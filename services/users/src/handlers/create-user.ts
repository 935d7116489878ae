import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { httpHandler } from '#shared/http/http-handler.ts';
import { locationOf } from '#shared/http/links.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { registerUser } from '../domain/register-user.ts';
import { newUser } from '../domain/user.ts';
import { service } from '../service.ts';

export const handler = httpHandler(
  service,
  { body: newUser },
  async ({ body }, { users }, { caller, now, path, metrics }) => {
    checkOwnUser(caller, body.username);
    const user = await registerUser(users, body, now);
    metrics.addMetric('UsersAdded', MetricUnit.Count, 1);
    return { status: 201, headers: locationOf(path, user.Username), body: user };
  },
);
