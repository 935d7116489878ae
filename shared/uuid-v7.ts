import { randomUUID } from 'node:crypto';

/** A UUID v7 (RFC 9562): its text order is the order of `now`, so that it serves as a sort key. */
export function uuidV7(now: Date): string {
  const time = now.getTime().toString(16).padStart(12, '0');
  // Variant and random bits are at the same places in a UUID v4, of which Node makes many at once.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
