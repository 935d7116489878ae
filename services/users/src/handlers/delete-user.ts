import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { AppError } from '#shared/errors/app-error.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { userPath } from '../domain/user.ts';
import { userNotFound } from '../domain/user-errors.ts';
import { service } from '../service.ts';

export const handler = httpHandler(
  service,
  { path: userPath },
  async ({ path }, { users }, { caller, now, metrics }) => {
    checkOwnUser(caller, path.username);
    const result = await users.remove(path.username, now);
    if ('refused' in result) {
      throw result.refused === 'not-found' ? userNotFound() : new AppError('CONFLICT', 'The user has open orders.');
    }
    metrics.addMetric('UsersDeleted', MetricUnit.Count, 1);
    return { status: 204 };
  },
);
