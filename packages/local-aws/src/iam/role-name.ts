import * as z from 'zod';

/** What a role may be called. */
export const roleName = z
  .string()
  .regex(/^[\w+=,.@-]{1,64}$/, 'must have 1 to 64 characters of letters, digits and +=,.@-_');

/** The folder that a role is put in; it is a part of its ARN. */
export const rolePath = z.string().regex(/^\/([\x21-\x7e]+\/)?$/, 'must begin and end with a slash');
