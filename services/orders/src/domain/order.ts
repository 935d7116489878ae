import * as z from 'zod/mini';
import { orderKey } from '#shared/commerce-table/keys.ts';
import { orderItem } from '#shared/commerce-table/order-item.ts';
import { orderStatus } from '#shared/commerce-table/order-status.ts';
import { userAttributes } from '#shared/commerce-table/user-item.ts';
import { username } from '#shared/commerce-table/username.ts';
import { pageTokenParameter } from '#shared/dynamodb/page-token.ts';
import { queryInteger } from '#shared/validation/fields.ts';
import { amount } from './amount.ts';
import { ksuid, newKsuid } from './ksuid.ts';

/** What a client sends to place an order. */
export const newOrder = z.strictObject({
  amount,
  numItems: z.int().check(z.minimum(1), z.maximum(1_000_000)),
  username,
});
export type NewOrder = z.infer<typeof newOrder>;

/** An order in the table and in an answer. */
export const order = z.extend(orderItem, { OrderId: ksuid, Amount: amount });
export type Order = z.infer<typeof order>;

/** The item of the user who orders, which is answered with the orders. */
export const customer = z.object({ PK: z.string(), SK: z.string(), ...userAttributes });
export type Customer = z.infer<typeof customer>;

export function placedOrder({ amount: Amount, numItems: NumberItems, username }: NewOrder, now: Date): Order {
  const OrderId = newKsuid(now);
  return {
    ...orderKey(username, OrderId),
    OrderId,
    CreatedAt: now.toISOString(),
    Status: 'PLACED',
    Amount,
    NumberItems,
  };
}

/** What a client sends to change the status of an order. */
export const orderUpdate = z.strictObject({ username, status: orderStatus });

export const orderPath = z.strictObject({ order_id: ksuid });
export const orderQuery = z.strictObject({ username });

/** The page of a user's orders that a client asks for. */
export const orderListQuery = z.strictObject({
  username,
  limit: z._default(queryInteger(1, 100), 10),
  nextToken: z.optional(pageTokenParameter),
});
export type OrderListQuery = z.infer<typeof orderListQuery>;
