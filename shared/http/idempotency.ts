import {
  IdempotencyAlreadyInProgressError,
  IdempotencyPersistenceLayerError,
  IdempotencyValidationError,
} from '@aws-lambda-powertools/idempotency';
import * as z from 'zod/mini';
import { AppError } from '../errors/app-error.ts';
import type { Run, RunOnce } from '../idempotency/run-once.ts';
import type { Answer } from './answer.ts';

/** The header with which a client makes a write repeatable; a UUID serves best. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z.optional(
    z.string().check(z.regex(/^[\x21-\x7e]{1,255}$/, { error: 'must be 1 to 255 printable ASCII characters' })),
  ),
});

/** A request; its key is undefined when the client asks for no idempotency. */
type Request = Omit<Run, 'key'> & { readonly key: string | undefined };

/** Kept as text, so that an answer comes back with the same bytes. */
const answer = z.object({
  status: z.int(),
  headers: z._default(z.record(z.string(), z.string()), {}),
  body: z.optional(z.unknown()),
});

/**
 * Answers a repeated request with the answer of the first. Only answers are kept: a request that failed may be tried
 * again under its key.
 */
export async function answerOnce(
  runOnce: RunOnce,
  { key, ...request }: Request,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (key === undefined) return work();
  try {
    return answer.parse(JSON.parse(await runOnce({ ...request, key }, async () => JSON.stringify(await work()))));
  } catch (error) {
    throw explained(error);
  }
}

export function keyOfAnotherRequest(): AppError {
  return new AppError('UNPROCESSABLE', 'The Idempotency-Key was used with another request.');
}

function explained(error: unknown): unknown {
  if (error instanceof IdempotencyValidationError) {
    return keyOfAnotherRequest();
  }
  if (error instanceof IdempotencyAlreadyInProgressError) {
    return new AppError('CONFLICT', 'A request with this Idempotency-Key is in progress.', { retryAfterSeconds: 1 });
  }
  return error instanceof IdempotencyPersistenceLayerError ? error.cause : error;
}
