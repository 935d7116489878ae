import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { compareText } from '../core/sorted-map.ts';
import { currentMaterial, type Key } from './key.ts';
import { invalidCiphertext } from './kms-error.ts';

export type EncryptionContext = Readonly<Record<string, string>>;

// format | key id | material id | nonce | tag | encrypted bytes
const format = 1;
const lengths = { keyId: 16, materialId: 32, nonce: 12, tag: 16 };
const headerLength = 1 + lengths.keyId + lengths.materialId;
const dataStart = headerLength + lengths.nonce + lengths.tag;

/** Encrypts with the current material of a key, by AES-256-GCM. The header and the encryption context are authenticated. */
export function seal(key: Key, plaintext: Buffer, context: EncryptionContext): Buffer {
  const material = currentMaterial(key);
  const header = Buffer.concat([Buffer.of(format), bytesOfId(key.id), Buffer.from(material.id, 'hex')]);
  const nonce = randomBytes(lengths.nonce);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(material.secret, 'base64'), nonce);
  cipher.setAAD(authenticated(header, context));
  const encrypted = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([header, nonce, cipher.getAuthTag(), encrypted]);
}

/** The id of the key that a ciphertext says it was made with. @throws AwsError InvalidCiphertextException */
export function keyIdIn(ciphertext: Buffer): string {
  if (ciphertext.length < dataStart || ciphertext[0] !== format) throw invalidCiphertext();
  return ciphertext
    .subarray(1, 1 + lengths.keyId)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** @throws AwsError InvalidCiphertextException for another key or context, or changed bytes */
export function open(
  key: Key,
  ciphertext: Buffer,
  context: EncryptionContext,
): { plaintext: Buffer; materialId: string } {
  if (keyIdIn(ciphertext) !== key.id) throw invalidCiphertext();
  const header = ciphertext.subarray(0, headerLength);
  const materialId = header.subarray(1 + lengths.keyId).toString('hex');
  const material = key.materials.find(({ id }) => id === materialId);
  if (material === undefined) throw invalidCiphertext();
  const nonceEnd = headerLength + lengths.nonce;
  const decipher = createDecipheriv(
    'aes-256-gcm',
    Buffer.from(material.secret, 'base64'),
    ciphertext.subarray(headerLength, nonceEnd),
  );
  decipher.setAAD(authenticated(header, context));
  decipher.setAuthTag(ciphertext.subarray(nonceEnd, dataStart));
  try {
    return {
      plaintext: Buffer.concat([decipher.update(ciphertext.subarray(dataStart)), decipher.final()]),
      materialId,
    };
  } catch {
    throw invalidCiphertext();
  }
}

function authenticated(header: Buffer, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([left], [right]) => compareText(left, right));
  return Buffer.concat([header, Buffer.from(JSON.stringify(pairs))]);
}

function bytesOfId(keyId: string): Buffer {
  return Buffer.from(keyId.replaceAll('-', ''), 'hex');
}
