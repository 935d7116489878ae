import * as z from 'zod/mini';
import { text } from '#shared/validation/fields.ts';

const error = 'must be an e-mail address';
const shape = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;
const maxLength = 254;

/** An e-mail address, kept as it was written: mail goes there. */
export const email = text(3, maxLength).check(
  z.regex(shape, { error, abort: true }),
  // A look-alike such as ＠ or ﷺ can turn into something else or much longer once it is normalized.
  z.refine((value) => shape.test(emailKey(value)) && [...emailKey(value)].length <= maxLength, { error }),
);

/**
 * What two ways of writing one address have in common: by it addresses are compared. Compatibility forms are one
 * (ｆｕｌｌ width, ligatures) and so are cases; by way of upper case, which also joins ß with ss and σ with ς.
 */
export function emailKey(address: string): string {
  return address.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}
