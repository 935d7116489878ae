import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { EngineDatabase } from './engine-database.ts';

/** Seconds since the epoch. */
export type TimeRange = { readonly oldest: number; readonly now: number };

/** An item, and its place in the index. */
export type ExpiredItem = { readonly item: JsonObject; readonly time: number; readonly row: number };

/** Finds items by their time to live: an index in the engine's database, which makes a scan of the table needless. */
export class ExpiryIndex {
  readonly #database: EngineDatabase;

  constructor(database: EngineDatabase) {
    this.#database = database;
  }

  /** Indexes the times of a table that has time to live on `attribute`. */
  async add(table: string, attribute: string): Promise<void> {
    const time = timeOf(attribute);
    if (time === undefined) return;
    await this.#database.change(`CREATE INDEX IF NOT EXISTS ${nameOf(table)} ON "${table}" (${time})`);
  }

  async remove(table: string): Promise<void> {
    await this.#database.change(`DROP INDEX IF EXISTS ${nameOf(table)}`);
  }

  /**
   * The next items in the range, in the order of their times; empty at the end. Undefined when the attribute cannot be
   * indexed.
   * @param after the last of the items before
   */
  find(
    table: string,
    attribute: string,
    { oldest, now }: TimeRange,
    after: ExpiredItem | undefined,
  ): ExpiredItem[] | undefined {
    const time = timeOf(attribute);
    if (time === undefined) return undefined;
    return this.#database
      .rows(
        `SELECT item_json, ${time} AS time, rowid AS row FROM "${table}"
         WHERE ${time} BETWEEN ? AND ? AND (${time}, rowid) > (?, ?) ORDER BY ${time}, rowid LIMIT 100`,
        oldest,
        now,
        after?.time ?? oldest,
        after?.row ?? -1,
      )
      .map(({ item_json, time: seconds, row }) => {
        const item: unknown = JSON.parse(String(item_json));
        return { item: isJsonObject(item) ? item : {}, time: Number(seconds), row: Number(row) };
      });
  }
}

/** Tables of DynamoDB have no colon in their names. */
function nameOf(table: string): string {
  return `"${table}::ttl"`;
}

/** The time of an item, undefined for the rare attribute whose name has no safe form in SQL and in a JSON path. */
function timeOf(attribute: string): string | undefined {
  return /^[\w.-]+$/.test(attribute) ? `CAST(json_extract(item_json, '$."${attribute}".N') AS REAL)` : undefined;
}
