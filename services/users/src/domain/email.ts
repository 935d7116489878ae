import * as z from 'zod/mini';
import { text } from '#shared/validation/fields.ts';

const error = 'must be an e-mail address';
const maxLength = 254;
const plain = /^[^@]+@[^@.]+(\.[^@.]+)+$/;
/**
 * What makes more than one address of one, or something else, once it stands in the header of a mail: lines and other
 * controls, what nobody sees, and what headers are made of (display names, lists, comments, quotes).
 */
const foreign = /[\s\p{C}\p{Default_Ignorable_Code_Point}"(),:;<>[\\\]]/u;

const isOneAddress = (value: string): boolean => plain.test(value) && !foreign.test(value);

/** One e-mail address, in the alphabet of whoever has it, kept as it was written: mail goes there. */
export const email = text(3, maxLength).check(
  z.refine(isOneAddress, { error, abort: true }),
  // A look-alike such as ＠ or ﷺ can turn into something else or much longer once it is normalized.
  z.refine((value) => isOneAddress(emailKey(value)) && [...emailKey(value)].length <= maxLength, { error }),
);

/**
 * What two ways of writing one address have in common: by it addresses are compared. Compatibility forms are one
 * (ｆｕｌｌ width, ligatures) and so are cases; by way of upper case, which also joins ß and ẞ with ss and σ with ς.
 */
export function emailKey(address: string): string {
  return address.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}
