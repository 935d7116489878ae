import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

type Run = {
  /** What two runs of the same have in common. */
  readonly key: string;
  /** Milliseconds after which another attempt takes a run for dead that has not ended. */
  readonly remainingTime: () => number;
};

/**
 * Runs `work`, or returns what it returned for the same key before. A run that fails may be repeated; one that dies may
 * be repeated once its time is up.
 *
 * @throws IdempotencyAlreadyInProgressError and IdempotencyPersistenceLayerError of Powertools, and what `work` throws
 */
export type RunOnce = (run: Run, work: () => Promise<string>) => Promise<string>;

const secondsKept = 24 * 60 * 60;

/**
 * Idempotency by key, kept for a day in the table of shared/serverless/idempotency-table.yml.
 *
 * @param operation what tells the keys of one operation from those of others
 */
export function runOnce(client: DynamoDBClient, tableName: string, operation: string): RunOnce {
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });
  return ({ key, remainingTime }, work) => {
    const run = makeIdempotent(
      // Powertools finds the deadline in a second argument that looks like a Lambda context.
      (_request: object, _context: object) => work(),
      {
        persistenceStore,
        keyPrefix: operation,
        config: new IdempotencyConfig({
          eventKeyJmesPath: 'key',
          throwOnNoIdempotencyKey: true,
          expiresAfterSeconds: secondsKept,
          hashFunction: 'sha256',
        }),
      },
    );
    return run({ key }, { getRemainingTimeInMillis: remainingTime });
  };
}
