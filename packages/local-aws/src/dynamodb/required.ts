import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';

/** A member of type string. @throws AwsError ValidationException without it */
export function required(input: JsonObject, name: string): string {
  const value = input[name];
  if (typeof value === 'string') return value;
  throw missing(`${name.charAt(0).toLowerCase()}${name.slice(1)}`);
}

/** The error for a member that is missing; `path` as in the API, with a small first letter. */
export function missing(path: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  );
}
