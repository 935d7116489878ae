import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { AppError } from '#shared/errors/app-error.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { usersService } from '../service.ts';
import { unknownUser } from '../unknown-user.ts';
import { userPath } from '../user.ts';

export const handler = httpHandler(usersService, { path: userPath }, async ({ path }, { users }, { caller, now }) => {
  checkOwnUser(caller, path.username);
  const removal = await users.remove(path.username, now);
  switch (removal) {
    case 'removed':
      usersService.metrics.addMetric('UsersDeleted', MetricUnit.Count, 1);
      return { status: 204 };
    case 'unknown':
      throw unknownUser();
    case 'has-open-orders':
      throw new AppError('CONFLICT', 'The user has open orders.');
  }
});
