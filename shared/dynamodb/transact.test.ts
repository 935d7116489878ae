import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
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
  expect(await attempt(conflict, conflict)).toStrictEqual({ attempts: 3, outcome: [] });
  const { attempts, outcome } = await attempt(...Array.from({ length: 9 }, () => conflict));
  expect(attempts).toBe(5);
  expect(outcome).toBeInstanceOf(AppError);
  expect(outcome).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
});

test('a failed condition is reported with the existing item, and not tried again', async () => {
  const refused = [{ index: 1, item: { id: 'ConditionalCheckFailed' } }];
  expect(await attempt(['None', 'ConditionalCheckFailed'])).toStrictEqual({ attempts: 1, outcome: refused });
  expect(await attempt(['TransactionConflict', 'ConditionalCheckFailed'])).toStrictEqual({
    attempts: 1,
    outcome: refused,
  });
});

test('any other reason fails at once', async () => {
  const { attempts, outcome } = await attempt(['ThrottlingError', 'None']);
  expect(attempts).toBe(1);
  expect(outcome).toBeInstanceOf(TransactionCanceledException);
});
