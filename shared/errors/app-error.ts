/** The status that each code has over HTTP. A code is part of the contract: clients branch on it, never on `message`. */
const statusOfCode = {
  INVALID_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  REQUEST_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNPROCESSABLE: 422,
  PRECONDITION_REQUIRED: 428,
  INTERNAL_ERROR: 500,
  BAD_GATEWAY: 502,
  UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
} as const;

export type ErrorCode = keyof typeof statusOfCode;

/** One thing that is wrong with a request: `path` says where (`body.title`, `query.limit`), `message` what. */
export type ErrorDetail = { readonly path: string; readonly message: string };

type Options = {
  readonly details?: readonly ErrorDetail[];
  /** When the client may try again; becomes the `Retry-After` header. */
  readonly retryAfterSeconds?: number;
  /** For the log only. */
  readonly cause?: unknown;
};

/** A failure that is reported to the caller. Any other error is a defect and shows as INTERNAL_ERROR. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, { details, retryAfterSeconds, cause }: Options = {}) {
    super(message, { cause });
    this.name = 'AppError';
    this.code = code;
    this.details = details;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get status(): number {
    return statusOfCode[this.code];
  }
}

/** A request that breaks its contract in the given ways. */
export function invalidRequest(details: readonly ErrorDetail[]): AppError {
  return new AppError('INVALID_REQUEST', 'The request is not valid.', { details });
}

/**
 * A request whose answer did not come in time, and which may have been carried out. It has no `Retry-After`: a client
 * that repeats it blindly may create a thing twice.
 */
export function outcomeUnknown(cause?: unknown): AppError {
  return new AppError('GATEWAY_TIMEOUT', 'No answer came in time. The request may have been carried out.', { cause });
}
