import { AwsError } from '../core/aws-error.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Engine } from './engine.ts';
import { existingTables } from './existing-tables.ts';
import type { ExpiredItem, ExpiryIndex, TimeRange } from './expiry-index.ts';
import type { StreamHistory } from './stream-history.ts';

/** AWS takes up to days. */
const sweepInterval = 60_000;
const pageSize = 1000;
/** Items whose time lies further back than this are left alone, as on AWS. */
const oldestExpiry = 5 * 365 * 24 * 3600;

type ItemExpiryOptions = {
  readonly engine: Engine;
  readonly index: ExpiryIndex;
  readonly history: Pick<StreamHistory, 'last' | 'markExpired'>;
  readonly clock: Clock;
  /** Called with a table when items of it were deleted. */
  readonly onExpired: (table: string) => void;
  readonly onError: (error: unknown) => void;
};

/**
 * Deletes items past their time to live, which the engine does not do by itself. The stream records of these
 * deletions name DynamoDB as the one who deleted.
 */
export class ItemExpiry {
  readonly #options: ItemExpiryOptions;
  readonly #attributes = new Map<string, string>();
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: ItemExpiryOptions) {
    this.#options = options;
  }

  /** `attribute` undefined: time to live is off, or the table is gone. */
  async watch(table: string, attribute: string | undefined): Promise<void> {
    const { index } = this.#options;
    if (attribute === undefined) this.#attributes.delete(table);
    else this.#attributes.set(table, attribute);
    await (attribute === undefined ? index.remove(table) : index.add(table, attribute));
    if (this.#attributes.size > 0) this.#timer ??= this.#options.clock.schedule(() => this.#tick(), sweepInterval);
  }

  /** Takes up the tables of a kept database. */
  async watchExisting(): Promise<void> {
    const { engine } = this.#options;
    for await (const table of existingTables(engine)) {
      const { TimeToLiveDescription: ttl } = await engine.call('DescribeTimeToLive', { TableName: table });
      if (isJsonObject(ttl) && ttl.TimeToLiveStatus === 'ENABLED') await this.watch(table, String(ttl.AttributeName));
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#attributes.clear();
  }

  #tick(): void {
    this.#timer = undefined;
    this.sweep()
      .catch((error: unknown) => {
        if (!this.#isClosed) this.#options.onError(error);
      })
      .finally(() => {
        if (this.#attributes.size > 0) this.#timer ??= this.#options.clock.schedule(() => this.#tick(), sweepInterval);
      });
  }

  async sweep(): Promise<void> {
    const { engine, onExpired } = this.#options;
    for (const [table, attribute] of this.#attributes) {
      const { Table: description } = await engine.call('DescribeTable', { TableName: table });
      if (!isJsonObject(description)) continue;
      const keys = Array.isArray(description.KeySchema) ? description.KeySchema.filter(isJsonObject) : [];
      let isAnyExpired = false;
      for await (const item of this.#itemsPastTheirTime(table, attribute)) {
        const key = Object.fromEntries(
          keys.map(({ AttributeName: name }) => [String(name), item[String(name)] ?? null]),
        );
        if (await this.#expire({ table, attribute, key, seen: item[attribute] ?? null })) isAnyExpired = true;
      }
      if (isAnyExpired) onExpired(table);
    }
  }

  async *#itemsPastTheirTime(table: string, attribute: string): AsyncGenerator<JsonObject> {
    const now = Math.floor(this.#options.clock.now() / 1000);
    const range = { oldest: now - oldestExpiry, now };
    for (let after: ExpiredItem | undefined; ; ) {
      const found = this.#options.index.find(table, attribute, range, after);
      if (found === undefined) return yield* this.#scan(table, attribute, range);
      for (const { item } of found) yield item;
      after = found.at(-1);
      if (after === undefined || this.#isClosed) return;
    }
  }

  async *#scan(table: string, attribute: string, { oldest, now }: TimeRange): AsyncGenerator<JsonObject> {
    let page: JsonObject = {};
    do {
      page = await this.#options.engine.call('Scan', {
        TableName: table,
        // Without a limit the engine reads the whole rest of the table for each page.
        Limit: pageSize,
        FilterExpression: '#ttl BETWEEN :oldest AND :now',
        ExpressionAttributeNames: { '#ttl': attribute },
        ExpressionAttributeValues: { ':oldest': { N: String(oldest) }, ':now': { N: String(now) } },
        ...(page.LastEvaluatedKey === undefined ? {} : { ExclusiveStartKey: page.LastEvaluatedKey }),
      });
      yield* Array.isArray(page.Items) ? page.Items.filter(isJsonObject) : [];
    } while (page.LastEvaluatedKey !== undefined);
  }

  /** Yields whether the item was deleted. */
  async #expire({ table, attribute, key, seen }: Expiry): Promise<boolean> {
    const { engine, history } = this.#options;
    const last = history.last(table) ?? 0;
    try {
      await engine.call('DeleteItem', {
        TableName: table,
        Key: key,
        ConditionExpression: '#ttl = :seen',
        ExpressionAttributeNames: { '#ttl': attribute },
        ExpressionAttributeValues: { ':seen': seen },
      });
    } catch (error) {
      // Another client gave the item more time, or deleted it, in between.
      if (error instanceof AwsError && error.code === 'ConditionalCheckFailedException') return false;
      throw error;
    }
    await history.markExpired(table, key, last);
    return true;
  }
}

type Expiry = {
  readonly table: string;
  readonly attribute: string;
  readonly key: JsonObject;
  readonly seen: JsonValue;
};
