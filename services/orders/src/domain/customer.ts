import * as z from 'zod/mini';

/** A username of the users service; keys have it in lower case. */
export const username = z.string().check(
  z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$/, {
    error: 'must be 2 to 64 letters, digits, ".", "_" or "-", beginning with a letter or a digit',
  }),
);

/** The item of a user, which the users service writes: the attributes that are answered with the orders. */
export const customer = z.object({
  PK: z.string(),
  SK: z.string(),
  Username: z.string(),
  Name: z.string(),
  Email: z.string(),
  Address: z.optional(z.string()),
  UserType: z.string(),
  CreatedAt: z.string(),
});
export type Customer = z.infer<typeof customer>;
