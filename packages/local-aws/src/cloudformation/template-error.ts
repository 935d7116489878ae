import { AwsError } from '../core/aws-error.ts';

/** What CloudFormation answers to a template, a parameter or a state that it cannot work with. */
export function templateError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
