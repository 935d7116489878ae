import * as z from 'zod/mini';
import { instant, text } from '../validation/fields.ts';
import { username } from './username.ts';

export const userName = text(1, 100);
export const userType = z.enum(['CUSTOMER', 'BUSINESS']);
export const address = text(1, 500);

/** The attributes of a user that answers show. */
export const userAttributes = {
  Username: username,
  Name: userName,
  Email: z.string(),
  Address: z.optional(address),
  UserType: userType,
  CreatedAt: instant,
};

/**
 * The condition that a user exists. The trace of a deleted user with orders has the same key, but no address.
 */
export const userExists = 'attribute_exists(Email)';
