import type { JsonObject } from './json.ts';

/**
 * An error that AWS answers to an API call. `code` is the wire name without suffix (`ResourceNotFoundException`,
 * `ValidationError`); the protocol of the service that throws it decides how it is rendered.
 */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Further members of the error's wire form, such as `Reason` or `CancellationReasons`. */
  readonly members: JsonObject;

  constructor(code: string, message: string, status = 400, members: JsonObject = {}) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** The error for an action that the endpoint does not implement: a 4xx that names it, so that no SDK retries it. */
export function unsupportedOperation(service: string, operation: string): AwsError {
  return new AwsError(
    'UnsupportedOperation',
    `The local endpoint does not implement ${service}:${operation}. See the support matrix of local-aws.`,
    400,
  );
}
