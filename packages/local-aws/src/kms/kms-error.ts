import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';

export function notFound(message: string): AwsError {
  return new AwsError('NotFoundException', message);
}

export function keyNotFound(arn: string): AwsError {
  return notFound(`Key '${arn}' does not exist`);
}

export function aliasNotFound(arn: string): AwsError {
  return notFound(`Alias ${arn} is not found.`);
}

export function disabled(arn: string): AwsError {
  return new AwsError('DisabledException', `${arn} is disabled.`);
}

export function pendingDeletion(arn: string): AwsError {
  return new AwsError('KMSInvalidStateException', `${arn} is pending deletion.`);
}

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** Of a ciphertext that was changed, or that belongs to another encryption context; AWS gives no message. */
export function invalidCiphertext(): AwsError {
  return new AwsError('InvalidCiphertextException', '');
}

export function incorrectKey(): AwsError {
  return new AwsError(
    'IncorrectKeyException',
    'The key ID in the request does not identify a CMK that can perform this operation.',
  );
}

/** The grant tokens of a call. */
export const noGrants = z.array(z.string()).max(0, 'the local endpoint has no grants').optional();

/** A kind of key that AWS has and the endpoint has not. */
export function unsupportedKey(what: string): AwsError {
  return new AwsError(
    'UnsupportedOperationException',
    `The local endpoint has symmetric encryption keys of one region only, and does not implement ${what}. See the support matrix of local-aws.`,
  );
}

export function notPendingDeletion(arn: string): AwsError {
  return new AwsError('KMSInvalidStateException', `${arn} is not pending deletion.`);
}
