import * as z from 'zod/mini';
import { pageTokenParameter } from '#shared/dynamodb/page-token.ts';
import { queryInteger } from '#shared/validation/fields.ts';
import { address, username, userType } from './user.ts';

/** Which page of the list of users is asked for. */
export const userQuery = z.strictObject({
  userType,
  limit: z._default(queryInteger(1, 100), 50),
  nextToken: z.optional(pageTokenParameter),
});
export type UserQuery = z.infer<typeof userQuery>;

/** A new address, all of it in the query string. */
export const addressQuery = z.strictObject({ username, new_address: address });
