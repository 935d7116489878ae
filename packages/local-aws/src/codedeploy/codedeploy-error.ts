import { AwsError } from '../core/aws-error.ts';

export function codeDeployError(code: string, message: string): AwsError {
  return new AwsError(code, message);
}
