/**
 * What a failed call of an AWS service has done: nothing, because the service refused it or never got it, or perhaps
 * everything, because its answer is lost or is an internal error.
 */
type CallOutcome = 'not-done' | 'unknown';

/** The names under which AWS services refuse what they cannot take at the moment. */
const refusals: ReadonlySet<string> = new Set([
  'EC2ThrottledException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'ServiceUnavailable',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  // DynamoDB refuses a write of an item that is part of an ongoing transaction.
  'TransactionConflictException',
]);

/**
 * The names of internal errors. DynamoDB documents for its own that a write may have succeeded, and of a transaction in
 * progress that an earlier attempt with the same token is still running.
 */
const internalErrors: ReadonlySet<string> = new Set([
  'InternalError',
  'InternalErrorException',
  'InternalFailure',
  'InternalServerError',
  'ServiceException',
  'TransactionInProgressException',
]);

/** The reasons for which DynamoDB cancels a transaction that may be tried again. */
const passingReasons: ReadonlySet<unknown> = new Set([
  'None',
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'TransactionConflict',
]);

const unconnected: ReadonlySet<unknown> = new Set(['EAI_AGAIN', 'ECONNREFUSED', 'ENOTFOUND']);
const connectionLosses: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** The failures of calls of which an earlier attempt may have had its effect. */
const withLostAttempt = new WeakSet<Error>();

/** Remembers of the failure of a call that the outcome of an earlier attempt is unknown. */
export function markLostAttempt(failure: unknown): void {
  if (failure instanceof Error) withLostAttempt.add(failure);
}

/** @returns undefined for what is no failure of a call, or one that is final, such as a failed condition */
export function outcomeOf(thrown: unknown): CallOutcome | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if (internalErrors.has(thrown.name)) return 'unknown';
  if (!isRefusal(thrown) && !isUnconnected(thrown)) return isLostConnection(thrown) ? 'unknown' : undefined;
  return withLostAttempt.has(thrown) ? 'unknown' : 'not-done';
}

function isRefusal(error: Error): boolean {
  if (refusals.has(error.name)) return true;
  if (error.name !== 'TransactionCanceledException' || !('CancellationReasons' in error)) return false;
  const { CancellationReasons: reasons } = error;
  return Array.isArray(reasons) && reasons.every(({ Code }) => passingReasons.has(Code));
}

/** The request did not leave: Node has found no address, or the other end took no connection in time. */
function isUnconnected(error: Error): boolean {
  // Node wraps the failures of several addresses, which are tried only while connecting.
  if ('errors' in error || ('syscall' in error && error.syscall === 'connect')) return true;
  if ('code' in error) return unconnected.has(error.code);
  // Both timeouts of the SDK are called TimeoutError; that of the connection has no code, but this text.
  return error.name === 'TimeoutError' && /did not establish a connection/.test(error.message);
}

/** The request may have arrived. `TimeoutError` is also the name of what `AbortSignal.timeout` throws. */
function isLostConnection(error: Error): boolean {
  return error.name === 'TimeoutError' || ('code' in error && connectionLosses.has(error.code));
}
