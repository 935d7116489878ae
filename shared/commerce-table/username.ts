import * as z from 'zod/mini';

/**
 * A username, which needs no encoding in a URL. Ada and ada are one user, shown as first written; keys have it in lower
 * case.
 */
export const username = z.string().check(
  z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$/, {
    error: 'must be 2 to 64 letters, digits, ".", "_" or "-", beginning with a letter or a digit',
  }),
);
