import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import { readInput } from '../core/read-input.ts';
import { type EncryptionContext, keyIdIn, open, seal } from './ciphertext.ts';
import { type Key, keyArn } from './key.ts';
import type { KeyStore } from './key-store.ts';
import { incorrectKey, noGrants, validation } from './kms-error.ts';

const algorithm = 'SYMMETRIC_DEFAULT';
const keyId = z.string().min(1).max(2048);
const context = z.record(z.string(), z.string()).default({});
const symmetric = z.literal(algorithm, `must be ${algorithm}, the only algorithm of the local endpoint`).optional();
const blob = z.base64().max(10_000);
const common = { GrantTokens: noGrants, DryRun: z.boolean().default(false) };
const dataKey = {
  KeyId: keyId,
  EncryptionContext: context,
  KeySpec: z.enum(['AES_256', 'AES_128']).optional(),
  NumberOfBytes: z.int().min(1).max(1024).optional(),
  ...common,
};

const inputs = {
  encrypt: z.strictObject({
    KeyId: keyId,
    Plaintext: z.base64().min(4),
    EncryptionContext: context,
    EncryptionAlgorithm: symmetric,
    ...common,
  }),
  decrypt: z.strictObject({
    CiphertextBlob: blob,
    KeyId: keyId.optional(),
    EncryptionContext: context,
    EncryptionAlgorithm: symmetric,
    ...common,
  }),
  reEncrypt: z.strictObject({
    CiphertextBlob: blob,
    SourceEncryptionContext: context,
    SourceKeyId: keyId.optional(),
    DestinationKeyId: keyId,
    DestinationEncryptionContext: context,
    SourceEncryptionAlgorithm: symmetric,
    DestinationEncryptionAlgorithm: symmetric,
    ...common,
  }),
  dataKey: z.strictObject(dataKey),
  random: z.strictObject({ NumberOfBytes: z.int().optional() }),
};
const maxPlaintext = 4096;

/** What is done with keys: real encryption, by the material that only the endpoint has. */
export function cryptoActions(store: KeyStore): Readonly<Record<string, JsonAction>> {
  const arnOf = (key: Key): string => keyArn(store.region, key.id);
  const opened = (ciphertext: string, reference: string | undefined, encryptionContext: EncryptionContext) => {
    const bytes = Buffer.from(ciphertext, 'base64');
    const id = keyIdIn(bytes);
    if (reference !== undefined && store.find(reference).id !== id) throw incorrectKey();
    const key = store.usable(id);
    return { key, ...open(key, bytes, encryptionContext) };
  };
  const newDataKey = (input: JsonObject) => {
    const { KeyId, EncryptionContext, KeySpec, NumberOfBytes, DryRun } = readInput(input, inputs.dataKey);
    if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
      throw validation('Please specify either number of bytes or key spec.');
    }
    const key = store.usable(KeyId);
    endDryRun(DryRun);
    const plaintext = randomBytes(NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32));
    return {
      Plaintext: plaintext.toString('base64'),
      CiphertextBlob: seal(key, plaintext, EncryptionContext).toString('base64'),
      KeyId: arnOf(key),
    };
  };
  return {
    Encrypt(input) {
      const { KeyId, Plaintext, EncryptionContext, DryRun } = readInput(input, inputs.encrypt);
      const plaintext = Buffer.from(Plaintext, 'base64');
      if (plaintext.length > maxPlaintext) {
        throw validation(
          `1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to ${maxPlaintext}`,
        );
      }
      const key = store.usable(KeyId);
      endDryRun(DryRun);
      const CiphertextBlob = seal(key, plaintext, EncryptionContext).toString('base64');
      return { CiphertextBlob, KeyId: arnOf(key), EncryptionAlgorithm: algorithm };
    },
    Decrypt(input) {
      const { CiphertextBlob, KeyId, EncryptionContext, DryRun } = readInput(input, inputs.decrypt);
      const { key, plaintext, materialId } = opened(CiphertextBlob, KeyId, EncryptionContext);
      endDryRun(DryRun);
      return {
        KeyId: arnOf(key),
        Plaintext: plaintext.toString('base64'),
        EncryptionAlgorithm: algorithm,
        KeyMaterialId: materialId,
      };
    },
    ReEncrypt(input) {
      const given = readInput(input, inputs.reEncrypt);
      const { key: source, plaintext } = opened(given.CiphertextBlob, given.SourceKeyId, given.SourceEncryptionContext);
      const key = store.usable(given.DestinationKeyId);
      endDryRun(given.DryRun);
      return {
        CiphertextBlob: seal(key, plaintext, given.DestinationEncryptionContext).toString('base64'),
        SourceKeyId: arnOf(source),
        KeyId: arnOf(key),
        SourceEncryptionAlgorithm: algorithm,
        DestinationEncryptionAlgorithm: algorithm,
      };
    },
    GenerateDataKey: newDataKey,
    GenerateDataKeyWithoutPlaintext(input) {
      const { Plaintext: _, ...encrypted } = newDataKey(input);
      return encrypted;
    },
    GenerateRandom(input) {
      const { NumberOfBytes } = readInput(input, inputs.random);
      if (NumberOfBytes === undefined) throw validation('NumberOfBytes is required.');
      checkBytes(NumberOfBytes);
      return { Plaintext: randomBytes(NumberOfBytes).toString('base64') };
    },
  };
}

function checkBytes(count: number): void {
  if (count >= 1 && count <= 1024) return;
  const bound = count < 1 ? 'greater than or equal to 1' : 'less than or equal to 1024';
  throw validation(
    `1 validation error detected: Value '${count}' at 'numberOfBytes' failed to satisfy constraint: Member must have value ${bound}`,
  );
}

/** A dry run ends where the operation would begin. @throws AwsError DryRunOperationException */
function endDryRun(isDryRun: boolean): void {
  if (!isDryRun) return;
  throw new AwsError('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');
}
