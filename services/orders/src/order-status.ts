import * as z from 'zod/mini';

export const orderStatus = z.enum(['PLACED', 'CONFIRMED', 'SHIPPED', 'DELIVERED', 'CANCEL']);
export type OrderStatus = z.infer<typeof orderStatus>;

/** From which statuses an order may get to each: what has left the house cannot be cancelled, and an end is an end. */
export const sourcesOf: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  PLACED: [],
  CONFIRMED: ['PLACED'],
  SHIPPED: ['CONFIRMED'],
  DELIVERED: ['SHIPPED'],
  CANCEL: ['PLACED', 'CONFIRMED'],
};
