import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { httpHandler } from '#shared/http/http-handler.ts';
import { answerOnce, idempotencyHeaders } from '#shared/http/idempotency.ts';
import { locationOf } from '#shared/http/links.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { newOrder, placedOrder } from '../order.ts';
import { unknownUser } from '../order-error.ts';
import { requestKey } from '../order-keys.ts';
import { placeService } from '../place-service.ts';

export const handler = httpHandler(
  placeService,
  { headers: idempotencyHeaders, body: newOrder },
  async ({ headers, body }, { place, runOnce }, { caller, now, path, remainingTime }) => {
    checkOwnUser(caller, body.username);
    const key = headers['idempotency-key'] && requestKey(body.username, headers['idempotency-key']);
    // As in the key: a user is the same in any case.
    const payload = { ...body, username: body.username.toLowerCase() };
    return answerOnce(runOnce, { key, payload, remainingTime }, async () => {
      const data = await place(placedOrder(body, now), key);
      if (data === undefined) throw unknownUser();
      placeService.metrics.addMetric('OrdersPlaced', MetricUnit.Count, 1);
      return {
        status: 201,
        headers: locationOf(path, `${data.OrderId}?username=${body.username}`),
        body: { message: 'Order placed successfully', success: true, data },
      };
    });
  },
);
