import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { AppError } from '#shared/errors/app-error.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { orderPath, orderQuery } from '../domain/order.ts';
import { orderNotFound } from '../domain/order-errors.ts';
import { service } from '../service.ts';

export const handler = httpHandler(
  service,
  { path: orderPath, query: orderQuery },
  async ({ path, query }, { orders }, { caller, metrics }) => {
    checkOwnUser(caller, query.username);
    const result = await orders.remove(query.username, path.order_id);
    if ('refused' in result) {
      if (result.refused === 'not-found') throw orderNotFound();
      throw new AppError('CONFLICT', `Only a cancelled order can be deleted; this one is ${result.refused}.`);
    }
    metrics.addMetric('OrdersDeleted', MetricUnit.Count, 1);
    return { status: 204 };
  },
);
