import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { AppError } from '#shared/errors/app-error.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { orderPath, orderQuery } from '../order.ts';
import { unknownOrder } from '../order-error.ts';
import { ordersService } from '../service.ts';

export const handler = httpHandler(
  ordersService,
  { path: orderPath, query: orderQuery },
  async ({ path, query }, { orders }, { caller }) => {
    checkOwnUser(caller, query.username);
    const result = await orders.remove(query.username, path.order_id);
    if ('order' in result) {
      ordersService.metrics.addMetric('OrdersDeleted', MetricUnit.Count, 1);
      return { status: 204 };
    }
    if (result.refused === 'unknown') throw unknownOrder();
    throw new AppError('CONFLICT', `Only a cancelled order can be deleted; this one is ${result.refused}.`);
  },
);
