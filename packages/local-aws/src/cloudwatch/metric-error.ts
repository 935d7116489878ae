import { AwsError } from '../core/aws-error.ts';

/** The errors of the CloudWatch API, by the names of its model; see `cloudwatch-protocols.ts` for their Query codes. */
export const metricError = {
  value: (message: string) => new AwsError('InvalidParameterValueException', message),
  missing: (name: string) => new AwsError('MissingRequiredParameterException', `The parameter ${name} is required.`),
  combination: (message: string) => new AwsError('InvalidParameterCombinationException', message),
  validation: (message: string) => new AwsError('ValidationError', message),
  nextToken: () => new AwsError('InvalidNextToken', 'The next token specified is invalid.'),
} as const;
