import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { AppError } from '#shared/errors/app-error.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { orderPath, orderUpdate } from '../order.ts';
import { unknownOrder } from '../order-error.ts';
import { ordersService } from '../service.ts';

export const handler = httpHandler(
  ordersService,
  { path: orderPath, body: orderUpdate },
  async ({ path, body: { username, status } }, { orders }, { caller, now }) => {
    checkOwnUser(caller, username);
    const result = await orders.update(username, path.order_id, status, now.toISOString());
    if ('order' in result) {
      ordersService.metrics.addMetric('OrdersUpdated', MetricUnit.Count, 1);
      return { status: 200, body: { message: 'Order updated successfully', success: true, data: result.order } };
    }
    if (result.refused === 'unknown') throw unknownOrder();
    throw new AppError('CONFLICT', `An order that is ${result.refused} cannot become ${status}.`);
  },
);
