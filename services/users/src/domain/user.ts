import * as z from 'zod/mini';
import { address, userAttributes, userName, userType } from '#shared/commerce-table/user-item.ts';
import { username } from '#shared/commerce-table/username.ts';
import { pageTokenParameter } from '#shared/dynamodb/page-token.ts';
import { queryInteger } from '#shared/validation/fields.ts';
import { email } from './email.ts';

/** What a client sends to add a user. */
export const newUser = z.strictObject({ username, email, name: userName, userType: z._default(userType, 'CUSTOMER') });
export type NewUser = z.infer<typeof newUser>;

/** What a client sends to change a user; absent fields stay as they are. */
export const userChange = z
  .strictObject({ email: z.optional(email), name: z.optional(userName), userType: z.optional(userType) })
  .check(z.refine((change) => Object.keys(change).length > 0, { error: 'must change something' }));
export type UserChange = z.infer<typeof userChange>;

/** What a client sends to set the address of a user. */
export const newAddress = z.strictObject({ address });

/** A user in an answer, spelled as in the answers of orders. */
export const user = z.object(userAttributes);
export type User = z.infer<typeof user>;

/** A user in a list. */
export type ListedUser = Omit<User, 'Address'>;

export const userPath = z.strictObject({ username });

/** The page of the list of users that a client asks for. */
export const userQuery = z.strictObject({
  userType,
  limit: z._default(queryInteger(1, 100), 50),
  nextToken: z.optional(pageTokenParameter),
});
export type UserQuery = z.infer<typeof userQuery>;

/** A new address of a user, as query parameters. */
export const addressQuery = z.strictObject({ username, new_address: address });
