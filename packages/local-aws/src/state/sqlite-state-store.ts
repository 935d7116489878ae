import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { Collection, StateStore, StateWriteError } from '../core/state-store.ts';
import { CommitThread } from './commit-thread.ts';
import { createTables, openDatabase, readVersion, stateVersion } from './database.ts';
import { GroupCommit } from './group-commit.ts';
import { StateFolderError } from './state-folder-error.ts';

export type StateStoreOptions = {
  /** Called with what the user should know: that writing fails, and that it is possible again. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** The most pages of 4 KB that the file may have, asked at each commit: in tests, a disk that fills and has space again. */
  readonly maxPages?: () => number | undefined;
};

/**
 * Opens the state in `<directory>/state.db`, or makes it there.
 *
 * @throws StateFolderError when it is damaged, of another version, or not readable
 */
export function openStateStore(directory: string, options: StateStoreOptions = {}): StateStore {
  const file = join(directory, 'state.db');
  return new SqliteStateStore(directory, file, openReader(file), options);
}

/** Records are read on the thread of the services, which want them when they are built, and written on another. */
class SqliteStateStore implements StateStore {
  readonly directory: string;
  readonly #file: string;
  readonly #reader: DatabaseSync;
  readonly #thread: CommitThread;
  readonly #commit: GroupCommit;

  constructor(
    directory: string,
    file: string,
    reader: DatabaseSync,
    { onNote, maxPages = () => undefined }: StateStoreOptions,
  ) {
    this.directory = directory;
    this.#file = file;
    this.#reader = reader;
    this.#thread = new CommitThread(file, maxPages);
    this.#commit = new GroupCommit({
      write: (changes) => this.#thread.write(changes),
      onFailure: (failure) => onNote?.(failure?.message ?? `${file} can be written again.`),
    });
  }

  get changeCount(): number {
    return this.#commit.changeCount;
  }

  get failure(): StateWriteError | undefined {
    return this.#commit.failure;
  }

  collection<T>(name: string, schema: z.ZodType<T>): Collection<T> {
    return {
      entries: () => this.#read(name, schema),
      put: (key, value) => this.#commit.add(name, key, JSON.stringify(value)),
      delete: (key) => this.#commit.add(name, key, null),
    };
  }

  beforeCommit(write: () => void): void {
    this.#commit.beforeCommit(write);
  }

  committed(): Promise<void> {
    return this.#commit.committed();
  }

  async close(): Promise<void> {
    try {
      await this.#commit.close();
    } finally {
      this.#reader.close();
      await this.#thread.close();
    }
  }

  *#read<T>(name: string, schema: z.ZodType<T>): Generator<readonly [string, T]> {
    const rows = this.#reader.prepare('SELECT key, value FROM record WHERE collection = ? ORDER BY key');
    try {
      for (const row of rows.iterate(name)) {
        const { key, value } = rowSchema.parse(row);
        yield [key, parseRecord(this.#file, `${name} ${key}`, value, schema)];
      }
    } catch (error) {
      throw asFolderError(this.#file, error);
    }
  }
}

const rowSchema = z.object({ key: z.string(), value: z.string() });

function parseRecord<T>(file: string, record: string, text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined ? '' : `: ${[...issue.path, issue.message].join(' ')}`;
  throw new StateFolderError(`${file} holds a record that is not valid, ${record}${where}. ${wayOut}`);
}

const wayOut = 'Restore the folder from a copy, or start with another one.';

function openReader(file: string): DatabaseSync {
  try {
    const database = openDatabase(file);
    const version = readVersion(database);
    if (version === 0) createTables(database);
    else if (version !== stateVersion) {
      database.close();
      throw new StateFolderError(
        `${file} has version ${version} and this release reads version ${stateVersion}. Use the release that wrote it, or start with another folder.`,
      );
    }
    return database;
  } catch (error) {
    throw asFolderError(file, error);
  }
}

function asFolderError(file: string, error: unknown): Error {
  if (error instanceof StateFolderError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new StateFolderError(`${file} cannot be read: ${reason}. ${wayOut}`, { cause: error });
}
