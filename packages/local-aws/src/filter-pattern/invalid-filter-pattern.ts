import { AwsError } from '../core/aws-error.ts';

/** A pattern that cannot be compiled. The message is that of Lambda, which does not tell the reason. */
export class InvalidFilterPattern extends AwsError {
  /** As SNS and EventBridge put it. */
  readonly reason: string;

  constructor(reason: string, message: string) {
    super('InvalidParameterValueException', message);
    this.reason = reason;
  }
}

export function invalidFilterPattern(
  reason = 'Filter is not an object',
  message = 'Invalid filter pattern definition.',
): InvalidFilterPattern {
  return new InvalidFilterPattern(reason, message);
}
