import { STATUS_CODES } from 'node:http';

/** The responses that an HTTP API makes itself: `$context.error.responseType`, with the status. */
const responseStatuses = {
  ACCESS_DENIED: 403,
  AUTHORIZER_FAILURE: 500,
  BAD_REQUEST: 400,
  INTEGRATION_FAILURE: 500,
  NOT_FOUND: 404,
  THROTTLED: 429,
  UNAUTHORIZED: 401,
} as const;

type Details = {
  /** When it differs from that of the type. */
  readonly status?: 413 | 503 | 504;
  readonly headers?: readonly (readonly [name: string, value: string])[];
};

/** Ends a request with one of API Gateway's own responses. The client sees the status and its text alone. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly type: keyof typeof responseStatuses;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];

  /** @param reason for the access log and the console */
  constructor(type: keyof typeof responseStatuses, reason: string, { status, headers = [] }: Details = {}) {
    super(reason);
    this.type = type;
    this.status = status ?? responseStatuses[type];
    this.headers = headers;
  }
}

/** What the body of a response of API Gateway says for a status. */
export function statusText(status: number): string {
  return status === 413 ? 'Request Entity Too Large' : (STATUS_CODES[status] ?? 'Internal Server Error');
}

/** The error of an integration that did not answer; 500 unless a status says more. */
export function integrationFailure(reason: string, status?: 413 | 503 | 504): GatewayError {
  return new GatewayError('INTEGRATION_FAILURE', reason, status === undefined ? {} : { status });
}
