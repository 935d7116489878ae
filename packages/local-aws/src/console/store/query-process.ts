import { constants, DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import type { QueryInput, QueryResult } from '../api-types.ts';

/**
 * Runs one query on a copy of the store, in a process of its own: SQLite cannot be interrupted, a process can be ended.
 * Reads the query as one line and then the database from its standard input, and writes the answer as JSON.
 */
const maxRows = 1000;
const maxHeapBytes = 512 * 1024 * 1024;

const { SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE } = constants;
const permitted = new Set([SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE]);

export type QueryAnswer = QueryResult | { readonly problem: string };

const input = await readInput();
// Begins the time that the query may take: starting a process takes its own.
process.stdout.write('\n');
const end = input.indexOf('\n');
process.stdout.write(JSON.stringify(answer(JSON.parse(input.subarray(0, end).toString()), input.subarray(end + 1))));

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function answer({ sql, parameters = [] }: QueryInput, copy: Buffer): QueryAnswer {
  const database = new DatabaseSync(':memory:');
  database.deserialize(copy);
  database.exec(`PRAGMA hard_heap_limit = ${maxHeapBytes}`);
  let refused: string | undefined;
  database.setAuthorizer((action) => {
    if (permitted.has(action)) return constants.SQLITE_OK;
    refused ??= 'Only a SELECT over the views spans, logs and traces is permitted: the store is read-only.';
    return constants.SQLITE_DENY;
  });
  try {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    const columns = statement.columns().map(({ name }) => name);
    const rows: QueryResult['rows'][number][] = [];
    for (const row of statement.iterate(...parameters)) {
      if (rows.length >= maxRows) return { columns, rows, isTruncated: true };
      rows.push(Object.values(row).map(readValue));
    }
    return { columns, rows, isTruncated: false };
  } catch (error) {
    return { problem: refused ?? (error instanceof Error ? error.message : String(error)) };
  }
}

function readValue(value: SQLOutputValue): string | number | null {
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
