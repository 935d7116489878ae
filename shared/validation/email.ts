import * as z from 'zod/mini';
import { text } from './fields.ts';

const error = 'must be an e-mail address';
const plain = /^[^@]+@[^@.]+(\.[^@.]+)+$/;
/**
 * What makes more than one address of one, or something else, once it stands in the header of a mail: lines and other
 * controls, what nobody sees, and what headers are made of (display names, lists, comments, quotes).
 */
const foreign = /[\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}"(),:;<>[\\\]]/u;

export const maxEmailLength = 254;

/** Whether it is one e-mail address and nothing besides. */
export function isEmail(value: string): boolean {
  return plain.test(value) && !foreign.test(value);
}

/** An e-mail address, in the alphabet of whoever has it. */
export const email = text(3, maxEmailLength).check(z.refine(isEmail, { error, abort: true }));
