import { isUtf8 } from 'node:buffer';
import type { Payload } from '../../core/observer.ts';
import type { Body } from '../api-types.ts';

const maxBytes = 64 * 1024;

/** The beginning of a payload, as text where it is text; null for none. */
export function clipBody(payload: Payload | undefined): Body | null {
  if (payload === undefined || payload.length === 0) return null;
  if (typeof payload === 'string') {
    const isTruncated = payload.length > maxBytes;
    const text = isTruncated ? payload.slice(0, maxBytes) : payload;
    return { text, encoding: 'utf8', size: Buffer.byteLength(payload), isTruncated };
  }
  const size = payload.length;
  const isTruncated = size > maxBytes;
  const start = isTruncated ? payload.subarray(0, endOfCharacter(payload, maxBytes)) : payload;
  if (isUtf8(start)) return { text: start.toString(), encoding: 'utf8', size, isTruncated };
  return { text: start.toString('base64'), encoding: 'base64', size, isTruncated };
}

/** Where the last whole character before `end` ends, if the bytes are UTF-8. */
function endOfCharacter(bytes: Buffer, end: number): number {
  let at = end;
  while (at > end - 4 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}
