import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

const cancelled = z.object({
  name: z.literal('TransactionCanceledException'),
  CancellationReasons: z.array(z.object({ Code: z.optional(z.string()) })),
});

/** Another transaction on the same item is short; this many tries outlast a handful of them. */
const maxAttempts = 5;
const pauseMs = 20;

/**
 * Writes all or nothing. A conflict with another transaction, which the SDK does not retry, is tried again.
 *
 * @returns the indexes of the writes whose condition did not hold; none when all is written
 * @throws what the SDK throws, TransactionCanceledException for conflicts that do not end
 */
export async function transact(client: DynamoDBDocumentClient, writes: readonly Write[]): Promise<readonly number[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: [...writes] }));
      return [];
    } catch (error) {
      const codes = cancelled.safeParse(error).data?.CancellationReasons.map(({ Code }) => Code) ?? [];
      const refused = codes.flatMap((code, index) => (code === 'ConditionalCheckFailed' ? [index] : []));
      if (refused.length > 0) return refused;
      if (!codes.includes('TransactionConflict') || attempt === maxAttempts) throw error;
      await sleep(pauseMs * attempt * (1 + Math.random()));
    }
  }
}
