import { AwsError } from '../core/aws-error.ts';

export function invalidFilterPattern(): AwsError {
  return new AwsError('InvalidParameterValueException', 'Invalid filter pattern definition.');
}
