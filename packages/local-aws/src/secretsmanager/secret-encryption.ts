import { AwsError } from '../core/aws-error.ts';
import type { KeyRing } from '../core/key-ring.ts';
import type { Principal } from '../core/principal.ts';
import type { Secret } from './secret.ts';

type Encrypted = Pick<Secret, 'kmsKeyId'> & Partial<Pick<Secret, 'arn'>>;

const purposes = {
  encrypt: { actions: ['GenerateDataKey', 'Decrypt'], code: 'EncryptionFailure', verb: 'encrypt' },
  decrypt: { actions: ['Decrypt'], code: 'DecryptionFailure', verb: 'decrypt' },
} as const;

/**
 * Checks the key of a secret before its value is written or read. Without one, the key of the service is used, which every
 * principal of the account may use.
 *
 * @throws AwsError AccessDeniedException, EncryptionFailure, DecryptionFailure
 */
export function checkSecretKey(
  keys: KeyRing,
  { kmsKeyId, arn }: Encrypted,
  principal: Principal,
  purpose: keyof typeof purposes,
): void {
  if (kmsKeyId === undefined) return;
  const { actions, code, verb } = purposes[purpose];
  const encryptionContext = arn === undefined ? {} : { SecretARN: arn };
  try {
    keys.use({ key: kmsKeyId, principal, service: 'secretsmanager', actions, encryptionContext });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.code === 'AccessDeniedException') throw new AwsError(error.code, 'Access to KMS is not allowed');
    throw new AwsError(
      code,
      `Secrets Manager can't ${verb} the protected secret text using the provided KMS key. (${error.code}: ${error.message})`,
    );
  }
}
