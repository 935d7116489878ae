import { createHash } from 'node:crypto';

/** The namespace of this service: any fixed UUID. */
const namespace = Buffer.from('6f0c2b52a2c84c7e9a1f3d5b7e914c60', 'hex');

/**
 * The id of the user that a message creates: a UUID v5 of the message id (RFC 9562), so that two deliveries of a
 * message mean the same user.
 */
export function userIdOf(messageId: string): string {
  const hash = createHash('sha1').update(namespace).update(messageId).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
