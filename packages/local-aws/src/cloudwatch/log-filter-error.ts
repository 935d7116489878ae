import { AwsError } from '../core/aws-error.ts';

/** What CloudWatch Logs answers to a filter pattern that it cannot read. */
export function invalidPattern(detail?: string): AwsError {
  return new AwsError(
    'InvalidParameterException',
    detail === undefined ? 'Invalid metric filter pattern' : `Invalid metric filter pattern: ${detail}`,
  );
}

export function invalidTerm(term: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid character(s) in term '${term}'`);
}
