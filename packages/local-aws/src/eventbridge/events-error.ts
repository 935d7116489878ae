import { AwsError } from '../core/aws-error.ts';

export const eventsError = {
  validation: (message: string): AwsError => new AwsError('ValidationException', message),
  notFound: (message: string): AwsError => new AwsError('ResourceNotFoundException', message),
  noBus: (name: string): AwsError => eventsError.notFound(`Event bus ${name} does not exist.`),
  noRule: (name: string, busName: string): AwsError =>
    eventsError.notFound(`Rule ${name} does not exist on EventBus ${busName}.`),
  alreadyExists: (message: string): AwsError => new AwsError('ResourceAlreadyExistsException', message),
  limitExceeded: (): AwsError =>
    new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.'),
  invalidPattern: (reason: string): AwsError =>
    new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`),
} as const;
