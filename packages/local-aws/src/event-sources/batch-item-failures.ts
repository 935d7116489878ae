import { isJsonObject } from '../core/json.ts';
import type { InvokeResult } from '../core/lambda-invoker.ts';
import type { Invocation, Outcome, SourceRecord } from './source.ts';

/**
 * Reads what a function answered to a batch.
 *
 * @param reportsFailures whether the answer may name failed items; else any answer without a function error is success
 * @param idOfIdentifier the record that an `itemIdentifier` names, or undefined when it names none of the batch
 */
export function readAnswer(
  result: InvokeResult,
  reportsFailures: boolean,
  idOfIdentifier: (identifier: string) => string | undefined,
): Outcome {
  const { requestId, executedVersion, functionError, payload } = result;
  const invocation: Invocation = { requestId, executedVersion, functionError };
  if (functionError !== undefined) return { kind: 'failed', reason: 'Function call failed', invocation };
  if (!reportsFailures) return { kind: 'processed' };

  const failures = itemIdentifiers(payload.toString());
  const failed = failures?.map((identifier) =>
    typeof identifier === 'string' ? idOfIdentifier(identifier) : undefined,
  );
  const known = failed?.filter((id) => id !== undefined);
  if (failed === undefined || known === undefined || known.length < failed.length)
    return { kind: 'failed', reason: 'Function returned an invalid batch item failure', invocation };
  return known.length === 0 ? { kind: 'processed' } : { kind: 'partly', failed: new Set(known), invocation };
}

/** Finds records by their own ids. */
export function byId(records: readonly SourceRecord[]): (identifier: string) => string | undefined {
  const ids = new Set(records.map(({ id }) => id));
  return (identifier) => (ids.has(identifier) ? identifier : undefined);
}

/** The identifiers in an answer; none for `null`, `{}` and a null or empty list; undefined when it is malformed. */
function itemIdentifiers(payload: string): unknown[] | undefined {
  let answer: unknown;
  try {
    answer = payload === '' ? null : JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (answer === null) return [];
  if (!isJsonObject(answer)) return undefined;
  const failures = answer.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return undefined;
  return failures.map((failure) => (isJsonObject(failure) ? failure.itemIdentifier : undefined));
}
