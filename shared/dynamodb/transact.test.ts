import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AppError } from '../errors/app-error.ts';
import { transact } from './transact.ts';

/** Writes to a table that cancels with each of the reasons first, and then takes the transaction. */
async function attempt(...cancellations: readonly (readonly string[])[]) {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
  let attempts = 0;
  client.middlewareStack.add(
    () => async () => {
      const codes = cancellations[attempts++];
      if (codes === undefined) return { output: { $metadata: {} }, response: {} };
      const CancellationReasons = codes.map((Code) => ({ Code, Item: { id: { S: Code } } }));
      throw new TransactionCanceledException({ message: '', $metadata: {}, CancellationReasons });
    },
    { step: 'initialize' },
  );
  const outcome = await transact(client, []).catch((error: unknown) => error);
  client.destroy();
  return { attempts, outcome };
}
const conflict = ['None', 'TransactionConflict'];

test('a conflict is tried again, up to five times', async () => {
  assert.deepEqual(await attempt(conflict, conflict), { attempts: 3, outcome: [] });
  const { attempts, outcome } = await attempt(...Array.from({ length: 9 }, () => conflict));
  assert.equal(attempts, 5);
  assert.ok(outcome instanceof AppError);
  assert.deepEqual([outcome.code, outcome.retryAfterSeconds], ['UNAVAILABLE', 1]);
});

test('a condition that does not hold is told, with what is there, and not tried again', async () => {
  const refused = [{ index: 1, item: { id: 'ConditionalCheckFailed' } }];
  assert.deepEqual(await attempt(['None', 'ConditionalCheckFailed']), { attempts: 1, outcome: refused });
  assert.deepEqual(await attempt(['TransactionConflict', 'ConditionalCheckFailed']), { attempts: 1, outcome: refused });
});

test('any other reason fails at once', async () => {
  const { attempts, outcome } = await attempt(['ThrottlingError', 'None']);
  assert.equal(attempts, 1);
  assert.ok(outcome instanceof TransactionCanceledException);
});
