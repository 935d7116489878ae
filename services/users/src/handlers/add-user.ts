import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { addUser } from '../add-user.ts';
import { usersService } from '../service.ts';
import { newUser } from '../user.ts';

export const handler = httpHandler(usersService, { body: newUser }, async ({ body }, { users }, { caller, now }) => {
  checkOwnUser(caller, body.username);
  const { Username } = await addUser(users, body, now);
  usersService.metrics.addMetric('UsersAdded', MetricUnit.Count, 1);
  return { status: 200, body: { message: `User ${Username} added successfully` } };
});
