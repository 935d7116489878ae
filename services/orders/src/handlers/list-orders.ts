import { httpHandler } from '#shared/http/http-handler.ts';
import { checkOwnUser } from '#shared/http/own-data.ts';
import { unknownUser } from '../order-error.ts';
import { orderListQuery } from '../order-list-query.ts';
import { ordersService } from '../service.ts';

export const handler = httpHandler(
  ordersService,
  { query: orderListQuery },
  async ({ query }, { orders }, { caller }) => {
    checkOwnUser(caller, query.username);
    const page = await orders.list(query);
    if (page === undefined) throw unknownUser();
    const { items: data, nextToken } = page;
    return { status: 200, body: { message: 'orders fetched successfully', data, nextToken } };
  },
);
