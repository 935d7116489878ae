import * as z from 'zod/mini';

export const orderStatus = z.enum(['PLACED', 'CONFIRMED', 'SHIPPED', 'DELIVERED', 'CANCEL']);
export type OrderStatus = z.infer<typeof orderStatus>;

/** The statuses from which an order may change to each. A shipped order cannot be cancelled. */
export const sourcesOf: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  PLACED: [],
  CONFIRMED: ['PLACED'],
  SHIPPED: ['CONFIRMED'],
  DELIVERED: ['SHIPPED'],
  CANCEL: ['PLACED', 'CONFIRMED'],
};

const continued = new Set(Object.values(sourcesOf).flat());

/** Whether no other status follows: an order of any other status is open, and keeps its user from being deleted. */
export function isFinal(status: OrderStatus): boolean {
  return !continued.has(status);
}
