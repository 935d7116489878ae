import { AwsError } from '../core/aws-error.ts';
import type { KeyRing } from '../core/key-ring.ts';

/** Checks the key that a function's environment variables are encrypted with. @throws AwsError InvalidParameterValueException */
export function checkFunctionKey(keys: KeyRing, keyArn: string): void {
  try {
    if (/:alias\//.test(keyArn)) {
      throw new AwsError('InvalidArnException', 'Key Aliases are not supported for this operation.');
    }
    keys.usable(keyArn);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError(
      'InvalidParameterValueException',
      `Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant. Please check your KMS key settings. KMS Exception: ${error.code} KMS Message: ${error.message}`,
    );
  }
}
