import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  IdempotencyPersistenceLayerError,
  IdempotencyValidationError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { AppError } from '../errors/app-error.ts';
import type { Answer } from './answer.ts';

/** The header with which a client makes a write repeatable; a UUID serves best. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z.optional(
    z.string().check(z.regex(/^[\x21-\x7e]{1,255}$/, { error: 'must be 1 to 255 printable ASCII characters' })),
  ),
});

type Request = {
  /** What the client sent; undefined when it asked for no idempotency. */
  readonly key: string | undefined;
  /** What must be the same whenever the key is. */
  readonly payload: object;
  /** After this time another attempt takes a request for dead that has not ended. */
  readonly remainingTime: () => number;
};

/** Answers a repeated request with the answer of the first. */
export type AnswerOnce = (request: Request, work: () => Promise<Answer>) => Promise<Answer>;

/** An answer is kept as text, so that it comes back with the same bytes. */
const answer = z.object({
  status: z.int(),
  headers: z._default(z.record(z.string(), z.string()), {}),
  body: z.optional(z.unknown()),
});
const secondsKept = 24 * 60 * 60;

/**
 * Idempotency by key, kept in the table of shared/serverless/idempotency-table.yml for a day. Only answers are kept: a
 * request that failed may be tried again under its key.
 *
 * @param operation what tells the keys of one operation from those of others
 */
export function answerOnce(client: DynamoDBClient, tableName: string, operation: string): AnswerOnce {
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });
  return async ({ key, payload, remainingTime }, work) => {
    if (key === undefined) return work();
    const run = makeIdempotent(
      // Powertools finds the deadline in a second argument that looks like a Lambda context.
      async (_request: object, _context: object) => JSON.stringify(await work()),
      {
        persistenceStore,
        keyPrefix: operation,
        config: new IdempotencyConfig({
          eventKeyJmesPath: 'key',
          payloadValidationJmesPath: 'payload',
          throwOnNoIdempotencyKey: true,
          expiresAfterSeconds: secondsKept,
          hashFunction: 'sha256',
        }),
      },
    );
    try {
      return answer.parse(JSON.parse(await run({ key, payload }, { getRemainingTimeInMillis: remainingTime })));
    } catch (error) {
      throw explained(error);
    }
  };
}

function explained(error: unknown): unknown {
  if (error instanceof IdempotencyValidationError) {
    return new AppError('UNPROCESSABLE', 'The Idempotency-Key was used with another request.');
  }
  if (error instanceof IdempotencyAlreadyInProgressError) {
    return new AppError('CONFLICT', 'A request with this Idempotency-Key is in progress.', { retryAfterSeconds: 1 });
  }
  return error instanceof IdempotencyPersistenceLayerError ? error.cause : error;
}
