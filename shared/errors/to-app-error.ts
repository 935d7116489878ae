import { AppError } from './app-error.ts';

/** Tells what the caller may know of any thrown value; a defect keeps its details in `cause`. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  switch (isConnectionLoss(thrown) ? 'ConnectionLoss' : thrown instanceof Error ? thrown.name : undefined) {
    // What AWS services answer, under any of their names, when they cannot keep up; the SDK has retried by now.
    case 'ProvisionedThroughputExceededException':
    case 'RequestLimitExceeded':
    case 'ThrottlingException':
    case 'TooManyRequestsException':
    case 'InternalServerError':
    case 'ServiceUnavailable':
    case 'TransactionInProgressException':
    case 'ConnectionLoss':
      return new AppError('UNAVAILABLE', 'The service is busy. Try again shortly.', {
        retryAfterSeconds: 1,
        cause: thrown,
      });
    // The SDK's name for its request timeout, and that of `AbortSignal.timeout`.
    case 'TimeoutError':
      return new AppError('GATEWAY_TIMEOUT', 'The service took too long to answer.', { cause: thrown });
    default:
      return new AppError('INTERNAL_ERROR', 'Internal server error', { cause: thrown });
  }
}

/** What Node says of a connection that another end closed or never took. */
function isConnectionLoss(thrown: unknown): boolean {
  const codes: readonly unknown[] = ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'];
  return thrown instanceof Error && 'code' in thrown && codes.includes(thrown.code);
}
