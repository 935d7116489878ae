import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a statement may block this process while the engine writes, and how soon it is tried again. */
const busyMs = 10;
/** The code of SQLITE_BUSY. */
const busyCode = 5;

type Row = Readonly<Record<string, SQLOutputValue>>;

/**
 * A second connection to the engine's database. SQLite's WAL mode, which the engine sets, lets it read at any time, and
 * write between two writes of the engine.
 */
export class EngineDatabase {
  readonly #connection: DatabaseSync;

  /** @param file of an engine that runs: it makes the tables */
  constructor(file: string) {
    this.#connection = new DatabaseSync(file, { timeout: busyMs });
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  rows(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    return this.#connection.prepare(sql).all(...values);
  }

  /** Runs a statement that writes. Yields the number of rows that changed. */
  async change(sql: string, ...values: readonly SQLInputValue[]): Promise<number> {
    for (;;) {
      try {
        return Number(this.#connection.prepare(sql).run(...values).changes);
      } catch (error) {
        if (!(error instanceof Error && 'errcode' in error && error.errcode === busyCode)) throw error;
      }
      await pause(busyMs, undefined, { ref: false });
    }
  }

  close(): void {
    this.#connection.close();
  }
}
