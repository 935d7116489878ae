import { AwsError } from '../core/aws-error.ts';
import type { KeyRing } from '../core/key-ring.ts';
import type { Principal } from '../core/principal.ts';
import { type Parameter, type ParameterVersion, parameterArn } from './parameter.ts';

/** The key of the service, when a SecureString names none. */
export const defaultKey = 'alias/aws/ssm';

type Encrypted = Pick<ParameterVersion, 'type' | 'keyId' | 'tier'>;

/**
 * Checks the key of a SecureString before it is written (`Encrypt`) or read (`Decrypt`).
 * @throws AwsError AccessDeniedException, InvalidKeyId
 */
export function checkParameterKey(
  keys: KeyRing,
  { name, region }: Pick<Parameter, 'name' | 'region'>,
  { type, keyId: key = defaultKey, tier }: Encrypted,
  { principal, action }: { readonly principal: Principal; readonly action: 'Encrypt' | 'Decrypt' },
): void {
  if (type !== 'SecureString') return;
  // Values of advanced parameters are encrypted with data keys.
  const actions = action === 'Encrypt' && tier === 'Advanced' ? ['GenerateDataKey'] : [action];
  try {
    const encryptionContext = { PARAMETER_ARN: parameterArn(region, name) };
    keys.use({ key, principal, service: 'ssm', actions, encryptionContext });
  } catch (error) {
    if (!(error instanceof AwsError) || error.code === 'AccessDeniedException') throw error;
    throw new AwsError('InvalidKeyId', error.message);
  }
}
