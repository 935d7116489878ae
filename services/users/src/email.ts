import * as z from 'zod/mini';
import { isEmail, maxEmailLength, email as oneEmail } from '#shared/validation/email.ts';

/** An e-mail address, kept as it was written: mail goes there. */
export const email = oneEmail.check(
  // A look-alike such as ＠ or ﷺ can turn into something else or much longer once it is normalized.
  z.refine((value) => isEmail(emailKey(value)) && [...emailKey(value)].length <= maxEmailLength, {
    error: 'must be an e-mail address',
  }),
);

/**
 * What two ways of writing one address have in common: by it addresses are compared. Compatibility forms are one
 * (ｆｕｌｌ width, ligatures) and so are cases; by way of upper case, which also joins ß and ẞ with ss and σ with ς.
 */
export function emailKey(address: string): string {
  return address.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}
