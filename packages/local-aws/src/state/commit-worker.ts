import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase, writeFailure } from './database.ts';
import type { Change } from './group-commit.ts';

/** A piece of a group; the last one commits all of them. */
export type CommitRequest = {
  readonly changes: readonly Change[];
  readonly isLast: boolean;
  /** The most pages that the file may have; undefined for no limit but the disk's. */
  readonly maxPages: number | undefined;
};

/** `failure` says why nothing of the group was written. */
export type CommitAnswer = { readonly failure?: string };

/**
 * Writes groups of changes, each in one transaction. On a thread of its own, because a disk may take its time: whenever
 * the log is moved into the database, SQLite waits until the disk has really written it.
 */
const file: string = workerData;
const database = openDatabase(file);
const put = database.prepare('INSERT OR REPLACE INTO record (collection, key, value) VALUES (?, ?, ?)');
const remove = database.prepare('DELETE FROM record WHERE collection = ? AND key = ?');

/** Why the group whose pieces are coming in cannot be written. */
let failure: string | undefined;

parentPort?.on('message', (message: CommitRequest | 'close') => {
  if (message === 'close') {
    database.close();
    parentPort?.close();
    return;
  }
  failure ??= attempt(() => write(message));
  if (!message.isLast) return;
  const answer: CommitAnswer = failure === undefined ? {} : { failure };
  failure = undefined;
  parentPort?.postMessage(answer);
});

function write({ changes, isLast, maxPages }: CommitRequest): void {
  if (!database.isTransaction) {
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
    database.exec('BEGIN IMMEDIATE');
  }
  for (const [collection, key, value] of changes) {
    if (value === null) remove.run(collection, key);
    else put.run(collection, key, value);
  }
  if (isLast) database.exec('COMMIT');
}

/** Yields the description of a failure. */
function attempt(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    return writeFailure(file, error);
  }
}
