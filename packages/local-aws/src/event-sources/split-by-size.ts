import type { SourceRecord } from './source.ts';

/** The payload limit of an invocation, less what wraps the records. */
const maxBatchBytes = 6 * 1024 * 1024 - 1024;

/** Splits a batch so that each part fits into one invocation; a record that alone is too large stays alone. */
export function splitBySize<R extends SourceRecord>(records: readonly R[]): R[][] {
  const parts: R[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record.event)) + 1;
    bytes += size;
    if (bytes > maxBatchBytes) {
      parts.push([]);
      bytes = size;
    }
    parts.at(-1)?.push(record);
  }
  return parts;
}
