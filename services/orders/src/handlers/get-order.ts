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
    const data = await orders.find(query.username, path.order_id);
    if (data === undefined) throw unknownOrder();
    return { status: 200, body: { message: 'order fetched successfully', data } };
  },
);
