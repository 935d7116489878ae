import * as z from 'zod/mini';
import { pageTokenParameter } from '#shared/dynamodb/page-token.ts';
import { queryInteger } from '#shared/validation/fields.ts';
import { username } from './customer.ts';

/** Which page of somebody's orders is asked for; `limit` counts orders. */
export const orderListQuery = z.strictObject({
  username,
  limit: z._default(queryInteger(1, 100), 10),
  nextToken: z.optional(pageTokenParameter),
});
export type OrderListQuery = z.infer<typeof orderListQuery>;
