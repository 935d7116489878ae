import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

/** Waits for a conditional write or transaction: its output, or undefined when a condition of it did not hold. */
export async function unlessConditionFails<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isConditionalFailure(error)) return undefined;
    throw error;
  }
}

/** What a conditional write came to: its output, or the item that did not meet the condition, undefined when there is none. */
export type Attempt<T> =
  | { readonly written: true; readonly output: T }
  | { readonly written: false; readonly item: Record<string, unknown> | undefined };

/** Waits for a conditional write of one item that asks for `ReturnValuesOnConditionCheckFailure: 'ALL_OLD'`. */
export async function orFailedItem<T>(write: Promise<T>): Promise<Attempt<T>> {
  try {
    return { written: true, output: await write };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // Unlike outputs, errors pass the document client as they are.
    return { written: false, item: error.Item && unmarshall(error.Item) };
  }
}

/** A transaction is also cancelled by a conflict or by throttling, which are no answer to its condition. */
function isConditionalFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ConditionalCheckFailedException') return true;
  if (error.name !== 'TransactionCanceledException' || !('CancellationReasons' in error)) return false;
  const codes = Array.isArray(error.CancellationReasons) ? error.CancellationReasons.map(({ Code }) => Code) : [];
  return (
    codes.includes('ConditionalCheckFailed') &&
    codes.every((code) => code === 'None' || code === 'ConditionalCheckFailed')
  );
}
