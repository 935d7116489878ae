import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 2014-05-13T16:53:20Z, the epoch of KSUIDs. */
const epochSeconds = 1_400_000_000;
/** The text of 20 bytes that are all ones. */
const greatest = 'aWgEPTl1tmebfsQzFP4bxwgy80V';
const length = greatest.length;

/** A KSUID as text. */
export const ksuid = z
  .string()
  .check(z.refine((value) => /^[0-9A-Za-z]{27}$/.test(value) && value <= greatest, { error: 'must be a KSUID' }));

/**
 * A new KSUID: 4 bytes of seconds and 16 random bytes. The first ten of the random bits are the milliseconds here, so
 * that ids sort by `now` to the millisecond. It is a valid KSUID all the same.
 */
export function newKsuid(now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const bytes = Buffer.concat([Buffer.alloc(4), randomBytes(16)]);
  bytes.writeUInt32BE(seconds - epochSeconds);
  bytes.writeUInt16BE((now.getTime() - seconds * 1000) * 64 + (bytes.readUInt16BE(4) % 64), 4);
  return encodeKsuid(bytes);
}

/** Writes the 20 bytes of a KSUID as a number in base 62 of 27 digits. */
export function encodeKsuid(bytes: Buffer): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let digit = 0; digit < length; digit++, rest /= 62n) text = alphabet.charAt(Number(rest % 62n)) + text;
  return text;
}
