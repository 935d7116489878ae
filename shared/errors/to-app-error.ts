import { AppError } from './app-error.ts';

/** What AWS services answer, under any of their names, when the caller should slow down. */
const throttlingErrors = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** Tells what the caller may know of any thrown value; a defect keeps its details in `cause`. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof Error && throttlingErrors.has(thrown.name)) {
    return new AppError('UNAVAILABLE', 'The service is busy. Try again shortly.', {
      retryAfterSeconds: 1,
      cause: thrown,
    });
  }
  return new AppError('INTERNAL_ERROR', 'Internal server error', { cause: thrown });
}
