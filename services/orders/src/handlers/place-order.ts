import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { httpHandler } from '#shared/http/http-handler.ts';
import { answerOnce, idempotencyHeaders } from '#shared/http/idempotency.ts';
import { locationOf } from '#shared/http/links.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { newOrder, placedOrder } from '../domain/order.ts';
import { userNotFound } from '../domain/order-errors.ts';
import { requestKey } from '../domain/order-keys.ts';
import { placementService } from '../service.ts';

export const handler = httpHandler(
  placementService,
  { headers: idempotencyHeaders, body: newOrder },
  async ({ headers, body }, { placeOrder, runOnce }, { caller, now, path, remainingTime, metrics }) => {
    checkOwnUser(caller, body.username);
    const key = headers['idempotency-key'] && requestKey(body.username, headers['idempotency-key']);
    // In lower case, as in the key: usernames are compared without case.
    const payload = { ...body, username: body.username.toLowerCase() };
    return answerOnce(runOnce, { key, payload, remainingTime }, async () => {
      const result = await placeOrder(placedOrder(body, now), key);
      if ('refused' in result) throw userNotFound();
      const data = result.item;
      metrics.addMetric('OrdersPlaced', MetricUnit.Count, 1);
      return {
        status: 201,
        headers: locationOf(path, `${data.OrderId}?username=${body.username}`),
        body: { message: 'Order placed successfully', success: true, data },
      };
    });
  },
);
