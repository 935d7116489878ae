import type * as z from 'zod';
import type { AwsRequest } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';
import { missingParameter, queryCodeOf } from './sqs-error.ts';

/** Who calls from where, with the headers of the call. */
export type SqsContext = Pick<AwsRequest, 'requestId' | 'region' | 'principal' | 'headers'>;
export type SqsAction = (input: JsonObject, context: SqsContext) => Promise<object> | object;

/** An action whose input is parsed first. Wrong input is answered as AWS does: missing, or of the wrong type. */
export function sqsAction<S extends z.ZodType>(
  schema: S,
  run: (input: z.output<S>, context: SqsContext) => Promise<object> | object,
): SqsAction {
  return (input, context) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(parsed.data, context);
    const [issue] = parsed.error.issues;
    const path = issue?.path.map(String) ?? [];
    if (valueAt(input, path) === undefined) throw missingParameter(path.join('.'));
    throw new AwsError('SerializationException', `${path.join('.')}: ${issue?.message ?? 'invalid'}`);
  };
}

function valueAt(input: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}

/** One of up to ten entries of a batch. */
export type BatchEntry = { readonly Id: string };
export type BatchResult = { readonly Successful: object[]; readonly Failed: object[] };

/** Runs each entry by itself, so that one that fails does not fail the others. @throws AwsError for a bad batch */
export function runBatch<E extends BatchEntry>(entries: readonly E[], run: (entry: E) => object): BatchResult {
  if (entries.length === 0) {
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > 10) {
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  const ids = new Set<string>();
  for (const { Id } of entries) {
    if (!/^[\w-]{1,80}$/.test(Id)) {
      throw new AwsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (ids.has(Id)) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`);
    ids.add(Id);
  }
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: queryCodeOf(error), Message: error.message });
    }
  }
  return { Successful, Failed };
}
