import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { httpHandler } from '#shared/http/http-handler.ts';
import { idempotencyHeaders } from '#shared/http/idempotency.ts';
import { locationOf } from '#shared/http/links.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { newOrder, placedOrder } from '../domain/order.ts';
import { userNotFound } from '../domain/order-errors.ts';
import { placementService } from '../service.ts';

export const handler = httpHandler(
  placementService,
  { headers: idempotencyHeaders, body: newOrder },
  async ({ headers, body }, { placeOrder }, { caller, now, path, metrics }) => {
    checkOwnUser(caller, body.username);
    const result = await placeOrder(placedOrder(body, now), headers['idempotency-key']);
    if ('refused' in result) throw userNotFound();
    const { order, isNew } = result.item;
    if (isNew) metrics.addMetric('OrdersPlaced', MetricUnit.Count, 1);
    return {
      status: 201,
      headers: locationOf(path, `${order.OrderId}?username=${body.username}`),
      body: { message: 'Order placed successfully', success: true, data: order },
    };
  },
);
