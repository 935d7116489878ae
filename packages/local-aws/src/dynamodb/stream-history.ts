import { setImmediate as turn } from 'node:timers/promises';
import type { Clock, Timer } from '../core/clock.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { EngineDatabase } from './engine-database.ts';

/** AWS keeps the records of a stream for 24 hours. */
const retentionMs = 24 * 3600 * 1000;
const trimInterval = 3600 * 1000;
/** Rows to delete at once, so that neither the engine nor this process waits long. */
const chunk = 500;

type StreamHistoryOptions = {
  readonly database: EngineDatabase;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
};

/**
 * The records of all streams in the engine's database. The engine never deletes them, has no index, and looks
 * through all of them at each write to a table with a stream. This adds the index, and deletes what AWS deletes too.
 */
export class StreamHistory {
  readonly #database: EngineDatabase;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  #timer: Timer | undefined;

  private constructor({ database, clock, onError }: StreamHistoryOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#onError = onError;
  }

  static async open(options: StreamHistoryOptions): Promise<StreamHistory> {
    // The expression is the one in the engine's own statements: SQLite uses the index for nothing else.
    await options.database.change(
      'CREATE INDEX IF NOT EXISTS _stream_records_by_sequence ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
    );
    const history = new StreamHistory(options);
    // Not at once: consumers first get the records that waited while the endpoint was stopped.
    history.#schedule();
    return history;
  }

  /** The oldest record that can be read; undefined when there is none. */
  first(table: string): number | undefined {
    return this.#number('MIN', table);
  }

  /** The newest record; undefined when there is none. */
  last(table: string): number | undefined {
    return this.#number('MAX', table);
  }

  /** Names DynamoDB as the one who deleted an item, as AWS does for expired items. */
  async markExpired(table: string, key: JsonObject, after: number): Promise<void> {
    const removals = this.#database.rows(
      `SELECT id, keys_json FROM _stream_records
       WHERE table_name = ? AND CAST(sequence_number AS INTEGER) > ? AND event_name = 'REMOVE'`,
      table,
      after,
    );
    const removal = removals.find(({ keys_json }) => isSameKey(JSON.parse(String(keys_json)), key));
    if (removal === undefined) return;
    const identity = JSON.stringify({ type: 'Service', principalId: 'dynamodb.amazonaws.com' });
    await this.#database.change(
      'UPDATE _stream_records SET user_identity = ? WHERE id = ?',
      identity,
      Number(removal.id),
    );
  }

  /** Deletes all records that a table has now: its stream has ended. */
  async forget(table: string): Promise<void> {
    const newest = this.last(table);
    if (newest === undefined) return;
    while (this.#database.isOpen) {
      const deleted = await this.#database.change(
        `DELETE FROM _stream_records WHERE id IN
           (SELECT id FROM _stream_records WHERE table_name = ? AND CAST(sequence_number AS INTEGER) <= ? LIMIT ${chunk})`,
        table,
        newest,
      );
      if (deleted < chunk) return;
      await turn();
    }
  }

  close(): void {
    this.#timer?.cancel();
  }

  /**
   * Deletes the records that are older than 24 hours. Keeps the newest of each table, whatever its age: the engine
   * counts on from there, and would otherwise give sequence numbers a second time.
   */
  async #trim(): Promise<void> {
    const oldest = Math.floor((this.#clock.now() - retentionMs) / 1000);
    let after = 0;
    while (this.#database.isOpen) {
      const [old] = this.#database.rows(
        `SELECT MAX(id) AS last FROM
           (SELECT id, created_at FROM _stream_records WHERE id > ? ORDER BY id LIMIT ${chunk}) WHERE created_at < ?`,
        after,
        oldest,
      );
      if (typeof old?.last !== 'number') return;
      await this.#database.change(
        `DELETE FROM _stream_records AS old
         WHERE id > ? AND id <= ? AND created_at < ? AND CAST(sequence_number AS INTEGER) <
           (SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records AS kept WHERE kept.table_name = old.table_name)`,
        after,
        old.last,
        oldest,
      );
      after = old.last;
      await turn();
    }
  }

  #schedule(): void {
    this.#timer = this.#clock.schedule(() => {
      this.#trim()
        .catch((error: unknown) => {
          if (this.#database.isOpen) this.#onError(error);
        })
        .finally(() => {
          if (this.#database.isOpen) this.#schedule();
        });
    }, trimInterval);
  }

  #number(which: 'MIN' | 'MAX', table: string): number | undefined {
    const [found] = this.#database.rows(
      `SELECT ${which}(CAST(sequence_number AS INTEGER)) AS number FROM _stream_records WHERE table_name = ?`,
      table,
    );
    return typeof found?.number === 'number' ? found.number : undefined;
  }
}

function isSameKey(actual: unknown, expected: JsonObject): boolean {
  return (
    isJsonObject(actual) &&
    Object.entries(expected).every(([name, value]) => JSON.stringify(actual[name]) === JSON.stringify(value))
  );
}
