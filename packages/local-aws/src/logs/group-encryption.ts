import { AwsError } from '../core/aws-error.ts';
import { type KeyRing, noKeys } from '../core/key-ring.ts';
import { invalidParameter } from './log-input.ts';

export type GroupEncryptionPorts = {
  readonly keys: KeyRing;
  /** Whether the policy of a key lets CloudWatch Logs use it for a group. */
  readonly mayUse: (groupArn: string, keyArn: string) => boolean;
};

export const noEncryption: GroupEncryptionPorts = { keys: noKeys, mayUse: () => false };

/** @returns the ARN of a key that can encrypt a group. @throws AwsError InvalidParameterException, AccessDeniedException */
export function checkGroupKey({ keys, mayUse }: GroupEncryptionPorts, groupArn: string, keyId: string): string {
  if (!/^arn:[^:]+:kms:[^:]*:\d+:(?:key|alias)\//.test(keyId)) {
    throw invalidParameter('The specified KMS Key Id could not be found.');
  }
  const keyArn = usable(keys, keyId);
  if (keyArn !== undefined && mayUse(groupArn, keyArn)) return keyArn;
  throw new AwsError(
    'AccessDeniedException',
    `The specified KMS key does not exist or is not allowed to be used with Arn '${groupArn}'`,
  );
}

function usable(keys: KeyRing, keyId: string): string | undefined {
  try {
    return keys.usable(keyId);
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}
