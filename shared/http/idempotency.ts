import * as z from 'zod/mini';
import { AppError } from '../errors/app-error.ts';

/** The header with which a client makes a write repeatable; a UUID serves best. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z.optional(
    z.string().check(z.regex(/^[\x21-\x7e]{1,255}$/, { error: 'must be 1 to 255 printable ASCII characters' })),
  ),
});

export function keyOfAnotherRequest(): AppError {
  return new AppError('UNPROCESSABLE', 'The Idempotency-Key was used with another request.');
}
