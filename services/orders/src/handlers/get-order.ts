import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { orderPath, orderQuery } from '../domain/order.ts';
import { orderNotFound } from '../domain/order-errors.ts';
import { service } from '../service.ts';

export const handler = httpHandler(
  service,
  { path: orderPath, query: orderQuery },
  async ({ path, query }, { orders }, { caller }) => {
    checkOwnUser(caller, query.username);
    const data = await orders.find(query.username, path.order_id);
    if (data === undefined) throw orderNotFound();
    return { status: 200, body: { message: 'order fetched successfully', data } };
  },
);
