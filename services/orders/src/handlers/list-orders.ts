import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { orderListQuery } from '../domain/order.ts';
import { userNotFound } from '../domain/order-errors.ts';
import { service } from '../service.ts';

export const handler = httpHandler(service, { query: orderListQuery }, async ({ query }, { orders }, { caller }) => {
  checkOwnUser(caller, query.username);
  const page = await orders.list(query);
  if (page === undefined) throw userNotFound();
  const { items: data, nextToken } = page;
  return { status: 200, body: { message: 'orders fetched successfully', data, nextToken } };
});
