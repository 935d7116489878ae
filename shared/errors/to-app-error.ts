import { outcomeOf } from '../aws/call-outcome.ts';
import { AppError, outcomeUnknown } from './app-error.ts';

/** Tells what the caller may know of any thrown value; a defect keeps its details in `cause`. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  switch (outcomeOf(thrown)) {
    case 'not-done':
      return new AppError('UNAVAILABLE', 'The service is busy. Try again shortly.', {
        retryAfterSeconds: 1,
        cause: thrown,
      });
    case 'unknown':
      return outcomeUnknown(thrown);
    case undefined:
      return new AppError('INTERNAL_ERROR', 'Internal server error', { cause: thrown });
  }
}
