import { setTimeout as sleep } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { AppError } from '../errors/app-error.ts';

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A write whose condition did not hold. */
export type Refusal = {
  readonly index: number;
  /** What is there, for a write with `ReturnValuesOnConditionCheckFailure: 'ALL_OLD'`. */
  readonly item: Record<string, unknown> | undefined;
};

/** Another transaction on the same item is short; this many tries outlast a handful of them. */
const maxAttempts = 5;
const pauseMs = 20;

/**
 * Writes all or nothing. A conflict with another transaction, which the SDK does not retry, is tried again.
 *
 * When the answer is lost the SDK repeats the same `ClientRequestToken`, and DynamoDB writes nothing twice. When all of
 * its attempts are lost, it is unknown whether it is written.
 *
 * @returns the writes whose condition did not hold; none when all is written
 * @throws AppError UNAVAILABLE for conflicts that do not end, else what the SDK throws
 */
export async function transact(client: DynamoDBDocumentClient, writes: readonly Write[]): Promise<readonly Refusal[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: [...writes] }));
      return [];
    } catch (error) {
      const reasons = (error instanceof TransactionCanceledException && error.CancellationReasons) || [];
      const refused = reasons.flatMap(({ Code, Item }, index) =>
        Code === 'ConditionalCheckFailed' ? [{ index, item: Item && unmarshall(Item) }] : [],
      );
      if (refused.length > 0) return refused;
      if (!reasons.some(({ Code }) => Code === 'TransactionConflict')) throw error;
      if (attempt === maxAttempts) {
        const message = 'The data is being changed by others. Try again shortly.';
        throw new AppError('UNAVAILABLE', message, { retryAfterSeconds: 1, cause: error });
      }
      await sleep(pauseMs * attempt * (1 + Math.random()));
    }
  }
}
