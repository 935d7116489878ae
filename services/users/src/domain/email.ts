import { domainToASCII } from 'node:url';
import * as z from 'zod/mini';
import { text } from '#shared/validation/fields.ts';

const error = 'must be an e-mail address';
const maxLength = 254;
const plain = /^[^@]+@[^@.]+(\.[^@.]+)+$/;
/**
 * What makes more than one address of one, or something else, once it stands in the header of a mail: lines and other
 * controls, invisible characters, and what headers are made of (display names, lists, comments, quotes).
 */
const foreign = /[\s\p{C}\p{Default_Ignorable_Code_Point}"(),:;<>[\\\]]/u;

/** Letters and digits of any alphabet, dots, hyphens and underscores. Other characters `domainToASCII` reads as parts of a URL. */
const domainCharacters = /^[A-Za-z0-9._\-\u0080-\u{10ffff}]*$/u;
/** A last label of digits makes an IPv4 address. */
const numericEnd = /\.\d+$/;

const isOneAddress = (value: string): boolean => plain.test(value) && !foreign.test(value);
const hasDomain = (value: string): boolean =>
  domainCharacters.test(partsOf(value).domain) && !numericEnd.test(emailKey(value));

/** One e-mail address, in any alphabet, kept as it was written: mail goes there. */
export const email = text(3, maxLength).check(
  z.refine((value) => isOneAddress(value) && hasDomain(value), { error, abort: true }),
  // A look-alike such as ＠ or ﷺ can turn into something else or much longer once it is normalized.
  z.refine((value) => isOneAddress(emailKey(value)) && [...emailKey(value)].length <= maxLength, { error }),
);

/**
 * What two ways of writing one address have in common: by it addresses are compared. In the local part, compatibility
 * forms are one (ｆｕｌｌ width, ligatures) and so are cases; by way of upper case, which also joins ß and ẞ with ss and σ
 * with ς. The domain is in A-labels (RFC 5890), as DNS has it: `bücher.example` is `xn--bcher-kva.example`.
 */
export function emailKey(address: string): string {
  const { local, domain } = partsOf(address);
  return `${local.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC')}@${domainToASCII(domain)}`;
}

function partsOf(address: string): { readonly local: string; readonly domain: string } {
  const at = address.lastIndexOf('@');
  return { local: address.slice(0, at), domain: address.slice(at + 1) };
}
