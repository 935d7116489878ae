import * as z from 'zod/mini';
import { instant } from '../validation/fields.ts';
import { orderStatus } from './order-status.ts';

/** An order in the table, and its image in the stream. */
export const orderItem = z.object({
  PK: z.string(),
  SK: z.string(),
  /** A KSUID. */
  OrderId: z.string(),
  CreatedAt: instant,
  UpdatedAt: z.optional(instant),
  Status: orderStatus,
  Amount: z.number(),
  NumberItems: z.int(),
});
