import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Of the tables and of what the records in them mean: a release that changes either counts on. */
export const stateVersion = 2;

/**
 * Opens the database, or makes an empty one. A commit has reached the operating system before it counts, so that it
 * survives the end of this process (decision 0018).
 */
export function openDatabase(file: string): DatabaseSync {
  // SQLite gives its log and index the permissions of the database.
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = NORMAL');
  return database;
}

/** 0 for an empty database. @throws Error for a file that is none, or a damaged one */
export function readVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version);
}

export function createTables(database: DatabaseSync): void {
  database.exec(`BEGIN IMMEDIATE;
    CREATE TABLE record (
      collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (collection, key)
    );
    PRAGMA user_version = ${stateVersion};
    COMMIT`);
}

/** SQLite's primary result codes for a database that cannot grow, and for a failed read or write. */
const full = 13;
const ioError = 10;

/** What to tell the user of a failed commit. */
export function writeFailure(file: string, error: unknown): string {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
  if (code === full || code === ioError) {
    return `The disk of ${file} is full, or takes no more of it. Nothing is written until there is space; reads go on.`;
  }
  return `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
}
