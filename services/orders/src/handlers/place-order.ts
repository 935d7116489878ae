import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { httpHandler } from '#shared/http/http-handler.ts';
import { answerOnce, idempotencyHeaders } from '#shared/http/idempotency.ts';
import { locationOf } from '#shared/http/links.ts';
import { newOrder, placedOrder } from '../order.ts';
import { unknownUser } from '../order-error.ts';
import { placeService } from '../place-service.ts';

export const handler = httpHandler(
  placeService,
  { headers: idempotencyHeaders, body: newOrder },
  async ({ headers, body }, { orders, runOnce }, { now, path, remainingTime }) =>
    answerOnce(runOnce, { key: headers['idempotency-key'], payload: body, remainingTime }, async () => {
      const data = placedOrder(body, now);
      if (!(await orders.place(body.username, data))) throw unknownUser();
      placeService.metrics.addMetric('OrdersPlaced', MetricUnit.Count, 1);
      return {
        status: 201,
        headers: locationOf(path, `${data.OrderId}?username=${body.username}`),
        body: { message: 'Order placed successfully', success: true, data },
      };
    }),
);
