import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import type { Clock, Timer } from '../core/clock.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';

/** AWS keeps the records of a stream for 24 hours. */
const retentionMs = 24 * 3600 * 1000;
const trimInterval = 3600 * 1000;
/** Rows to delete at once, so that neither the engine nor this process waits long. */
const chunk = 500;
/** How long a statement may block this process while the engine writes, and how soon it is tried again. */
const busyMs = 10;
/** The code of SQLITE_BUSY. */
const busyCode = 5;

/**
 * The records of all streams in the engine's database. The engine keeps them for ever, without an index, and looks
 * through all of them at each write to a table with a stream. This adds the index, and deletes what AWS deletes too.
 */
export class StreamHistory {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  #timer: Timer | undefined;
  #isClosed = false;

  /** @param databaseFile of an engine that runs, in WAL mode, which lets two processes write one after the other */
  constructor(databaseFile: string, clock: Clock, onError: (error: unknown) => void) {
    this.#database = new DatabaseSync(databaseFile, { timeout: busyMs });
    this.#clock = clock;
    this.#onError = onError;
    // The expression is the one in the engine's own statements: SQLite uses the index for nothing else.
    this.#database.exec(
      'CREATE INDEX IF NOT EXISTS _stream_records_by_sequence ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
    );
    // Not at once: consumers first get the records that waited while the endpoint was stopped.
    this.#schedule();
  }

  /** The oldest record that can be read; undefined when there is none. */
  first(table: string): number | undefined {
    return this.#number('MIN', table);
  }

  /** The newest record; undefined when there is none. */
  last(table: string): number | undefined {
    return this.#number('MAX', table);
  }

  /** Names DynamoDB as the one who deleted an item, as AWS does for expired items. Yields whether the record exists. */
  async markExpired(table: string, key: JsonObject, after: number): Promise<boolean> {
    const records = this.#database
      .prepare(
        `SELECT id, keys_json FROM _stream_records
         WHERE table_name = ? AND CAST(sequence_number AS INTEGER) > ? AND event_name = 'REMOVE'`,
      )
      .all(table, after);
    const record = records.find(({ keys_json }) => isSameKey(JSON.parse(String(keys_json)), key));
    if (record === undefined) return false;
    const identity = JSON.stringify({ type: 'Service', principalId: 'dynamodb.amazonaws.com' });
    const mark = this.#database.prepare('UPDATE _stream_records SET user_identity = ? WHERE id = ?');
    await whenFree(() => mark.run(identity, Number(record.id)));
    return true;
  }

  /** Deletes all records that a table has now: its stream has ended. */
  async forget(table: string): Promise<void> {
    const newest = this.last(table);
    if (newest === undefined) return;
    const remove = this.#database.prepare(
      `DELETE FROM _stream_records WHERE id IN
         (SELECT id FROM _stream_records WHERE table_name = ? AND CAST(sequence_number AS INTEGER) <= ? LIMIT ${chunk})`,
    );
    while (!this.#isClosed) {
      const { changes } = await whenFree(() => remove.run(table, newest));
      if (Number(changes) < chunk) return;
      await turn();
    }
  }

  /**
   * Deletes the records that are older than 24 hours. Keeps the newest of each table, whatever its age: the engine
   * counts on from there, and would otherwise give sequence numbers a second time.
   */
  async trim(): Promise<void> {
    const oldest = Math.floor((this.#clock.now() - retentionMs) / 1000);
    const next = this.#database.prepare(
      `SELECT MAX(id) AS last, COUNT(*) AS count FROM
         (SELECT id, created_at FROM _stream_records WHERE id > ? ORDER BY id LIMIT ${chunk}) WHERE created_at < ?`,
    );
    const remove = this.#database.prepare(
      `DELETE FROM _stream_records AS old WHERE id > ? AND id <= ? AND created_at < ? AND CAST(sequence_number AS INTEGER) <
         (SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records AS kept WHERE kept.table_name = old.table_name)`,
    );
    let after = 0;
    while (!this.#isClosed) {
      const { last, count } = next.get(after, oldest) ?? {};
      if (Number(count) === 0) return;
      await whenFree(() => remove.run(after, Number(last), oldest));
      after = Number(last);
      await turn();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#database.close();
  }

  #schedule(): void {
    this.#timer = this.#clock.schedule(() => {
      this.trim()
        .catch((error: unknown) => {
          if (!this.#isClosed) this.#onError(error);
        })
        .finally(() => {
          if (!this.#isClosed) this.#schedule();
        });
    }, trimInterval);
  }

  #number(which: 'MIN' | 'MAX', table: string): number | undefined {
    const { number } =
      this.#database
        .prepare(
          `SELECT ${which}(CAST(sequence_number AS INTEGER)) AS number FROM _stream_records WHERE table_name = ?`,
        )
        .get(table) ?? {};
    return typeof number === 'number' ? number : undefined;
  }
}

/** Runs a statement between two writes of the engine. */
async function whenFree<T>(run: () => T): Promise<T> {
  for (;;) {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof Error && 'errcode' in error && error.errcode === busyCode)) throw error;
    }
    await pause(busyMs, undefined, { ref: false });
  }
}

function isSameKey(actual: unknown, expected: JsonObject): boolean {
  return (
    isJsonObject(actual) &&
    Object.entries(expected).every(([name, value]) => JSON.stringify(actual[name]) === JSON.stringify(value))
  );
}
