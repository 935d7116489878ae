import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { unlessConditionFails } from './conditional-failure.ts';

const cancelled = (...codes: readonly string[]) =>
  new TransactionCanceledException({
    message: '',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

test('a condition that does not hold is an answer', async () => {
  for (const error of [
    new ConditionalCheckFailedException({ message: '', $metadata: {} }),
    cancelled('ConditionalCheckFailed', 'None'),
    cancelled('None', 'ConditionalCheckFailed'),
  ]) {
    expect(await unlessConditionFails(Promise.reject(error))).toBeUndefined();
  }
});

test('every other failure is none, also that of a transaction in which a condition did not hold as well', async () => {
  for (const error of [
    cancelled('TransactionConflict', 'None'),
    cancelled('None', 'ThrottlingError'),
    cancelled('ConditionalCheckFailed', 'TransactionConflict'),
    cancelled(),
    new Error('no'),
  ]) {
    await expect(unlessConditionFails(Promise.reject(error))).rejects.toBe(error);
  }
});
