import type { AwsApi, AwsRequest } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { errorResponse } from '../core/error-response.ts';
import { type StateStore, StateWriteError } from '../core/state-store.ts';
import type { ApiFrontend, ApiResponse } from '../core/web.ts';
import { isReadOnly } from './is-read-only.ts';

/** Sends the answers of an API only when what they acknowledge is on disk. */
export function durableApi(state: StateStore, api: AwsApi): AwsApi {
  if (state.directory === undefined) return api;
  return (request) =>
    onceCommitted(
      state,
      () => api(request),
      (failure) => refusal(request, failure),
    );
}

/** The same for deployed APIs. */
export function durableFrontend(state: StateStore, frontend: ApiFrontend): ApiFrontend {
  if (state.directory === undefined) return frontend;
  return {
    has: (apiId) => frontend.has(apiId),
    execute: (request) =>
      onceCommitted(
        state,
        () => frontend.execute(request),
        ({ message }): ApiResponse => ({
          status: 503,
          headers: [['content-type', 'application/json']],
          body: JSON.stringify({ message }),
        }),
      ),
  };
}

/** The same for a page of the endpoint. */
export function durablePage<A extends unknown[]>(
  state: StateStore,
  page: (...request: A) => object | Promise<object>,
): (...request: A) => object | Promise<object> {
  if (state.directory === undefined) return page;
  return (...request) =>
    onceCommitted<object>(
      state,
      async () => page(...request),
      (failure) => {
        throw unavailable(failure);
      },
    );
}

/**
 * Refuses calls that change something while nothing can be written. Otherwise memory would run ahead of the disk, and
 * what a client was refused and tried again would be there several times once there is space.
 */
export function writableApi(state: StateStore, api: AwsApi): AwsApi {
  if (state.directory === undefined) return api;
  return async (request) => {
    const { failure } = state;
    if (failure !== undefined && !isReadOnly(request)) return refusal(request, failure);
    try {
      return await api(request);
    } catch (error) {
      // Files besides the state, such as the code of functions.
      if (!isFullDisk(error)) throw error;
      return refusal(request, new StateWriteError(`The disk of ${state.directory} is full.`));
    }
  };
}

async function onceCommitted<T>(
  state: StateStore,
  answer: () => Promise<T>,
  refuse: (failure: StateWriteError) => T,
): Promise<T> {
  const before = state.changeCount;
  const answered = await answer();
  try {
    await state.committed();
    return answered;
  } catch (error) {
    if (!(error instanceof StateWriteError)) throw error;
    // Nothing has changed since the request came: it acknowledges nothing.
    return state.changeCount === before ? answered : refuse(error);
  }
}

function isFullDisk(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function refusal(request: AwsRequest, failure: StateWriteError) {
  return errorResponse(request, unavailable(failure));
}

/** SDKs try again on this status. */
function unavailable({ message }: StateWriteError): AwsError {
  return new AwsError('ServiceUnavailable', message, 503);
}
