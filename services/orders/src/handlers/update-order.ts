import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { AppError } from '#shared/errors/app-error.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { orderPath, orderUpdate } from '../domain/order.ts';
import { orderNotFound } from '../domain/order-errors.ts';
import { service } from '../service.ts';

export const handler = httpHandler(
  service,
  { path: orderPath, body: orderUpdate },
  async ({ path, body: { username, status } }, { orders }, { caller, now, metrics }) => {
    checkOwnUser(caller, username);
    const result = await orders.update(username, path.order_id, status, now.toISOString());
    if ('refused' in result) {
      if (result.refused === 'not-found') throw orderNotFound();
      throw new AppError('CONFLICT', `An order that is ${result.refused} cannot become ${status}.`);
    }
    metrics.addMetric('OrdersUpdated', MetricUnit.Count, 1);
    return { status: 200, body: { message: 'Order updated successfully', success: true, data: result.item } };
  },
);
