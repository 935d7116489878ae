import { AwsError } from '../core/aws-error.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Engine } from './engine.ts';
import { existingTables } from './existing-tables.ts';

/** AWS takes up to days; nobody may rely on it, and here nobody has to wait for it. */
const sweepInterval = 60_000;
/** Items whose time lies further back than this are left alone, as on AWS. */
const oldestExpiry = 5 * 365 * 24 * 3600;

/**
 * Deletes what time to live has ended, which the engine does not do, and remembers the stream records of these
 * deletions, because theirs name DynamoDB itself as the one who deleted.
 */
export class ItemExpiry {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #attributes = new Map<string, string>();
  readonly #expired = new Set<string>();
  #timer: Timer | undefined;

  constructor(engine: Engine, clock: Clock, onError: (error: unknown) => void) {
    this.#engine = engine;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** `attribute` undefined: time to live is off, or the table is gone. */
  watch(table: string, attribute: string | undefined): void {
    if (attribute === undefined) this.#attributes.delete(table);
    else this.#attributes.set(table, attribute);
    if (this.#attributes.size > 0) this.#timer ??= this.#clock.schedule(() => this.#tick(), sweepInterval);
  }

  /** Takes up the tables of a kept database. */
  async watchExisting(): Promise<void> {
    for await (const table of existingTables(this.#engine)) {
      const { TimeToLiveDescription: ttl } = await this.#engine.call('DescribeTimeToLive', { TableName: table });
      if (isJsonObject(ttl) && ttl.TimeToLiveStatus === 'ENABLED') this.watch(table, String(ttl.AttributeName));
    }
  }

  wasExpired(table: string, sequenceNumber: string): boolean {
    return this.#expired.has(`${table}\n${sequenceNumber}`);
  }

  close(): void {
    this.#timer?.cancel();
    this.#attributes.clear();
  }

  #tick(): void {
    this.#timer = undefined;
    this.sweep()
      .catch(this.#onError)
      .finally(() => {
        if (this.#attributes.size > 0) this.#timer ??= this.#clock.schedule(() => this.#tick(), sweepInterval);
      });
  }

  async sweep(): Promise<void> {
    for (const [table, attribute] of this.#attributes) {
      const { Table: description } = await this.#engine.call('DescribeTable', { TableName: table });
      if (!isJsonObject(description)) continue;
      const keys = Array.isArray(description.KeySchema) ? description.KeySchema.filter(isJsonObject) : [];
      const streamArn = typeof description.LatestStreamArn === 'string' ? description.LatestStreamArn : undefined;
      for await (const item of this.#itemsPastTheirTime(table, attribute)) {
        const key = Object.fromEntries(
          keys.map(({ AttributeName: name }) => [String(name), item[String(name)] ?? null]),
        );
        await this.#expire({ table, attribute, key, seen: item[attribute] ?? null, streamArn });
      }
    }
  }

  async *#itemsPastTheirTime(table: string, attribute: string): AsyncGenerator<JsonObject> {
    const now = Math.floor(this.#clock.now() / 1000);
    let page: JsonObject = {};
    do {
      page = await this.#engine.call('Scan', {
        TableName: table,
        FilterExpression: '#ttl BETWEEN :oldest AND :now',
        ExpressionAttributeNames: { '#ttl': attribute },
        ExpressionAttributeValues: { ':oldest': { N: String(now - oldestExpiry) }, ':now': { N: String(now) } },
        ...(page.LastEvaluatedKey === undefined ? {} : { ExclusiveStartKey: page.LastEvaluatedKey }),
      });
      yield* Array.isArray(page.Items) ? page.Items.filter(isJsonObject) : [];
    } while (page.LastEvaluatedKey !== undefined);
  }

  async #expire({ table, attribute, key, seen, streamArn }: Expiry): Promise<void> {
    const iterator = streamArn === undefined ? undefined : await this.#latest(table, streamArn);
    try {
      await this.#engine.call('DeleteItem', {
        TableName: table,
        Key: key,
        ConditionExpression: '#ttl = :seen',
        ExpressionAttributeNames: { '#ttl': attribute },
        ExpressionAttributeValues: { ':seen': seen },
      });
    } catch (error) {
      // Somebody gave the item more time, or deleted it, in between.
      if (error instanceof AwsError && error.code === 'ConditionalCheckFailedException') return;
      throw error;
    }
    if (iterator === undefined) return;
    const { Records } = await this.#engine.call('GetRecords', { ShardIterator: iterator }, 'DynamoDBStreams_20120810');
    for (const { eventName, dynamodb } of Array.isArray(Records) ? Records.filter(isJsonObject) : []) {
      if (eventName !== 'REMOVE' || !isJsonObject(dynamodb) || !isSameKey(dynamodb.Keys, key)) continue;
      this.#expired.add(`${table}\n${String(dynamodb.SequenceNumber)}`);
      return;
    }
  }

  async #latest(table: string, streamArn: string): Promise<JsonValue | undefined> {
    const { ShardIterator } = await this.#engine.call(
      'GetShardIterator',
      { StreamArn: streamArn, ShardId: shardOf(table), ShardIteratorType: 'LATEST' },
      'DynamoDBStreams_20120810',
    );
    return ShardIterator;
  }
}

type Expiry = {
  readonly table: string;
  readonly attribute: string;
  readonly key: JsonObject;
  readonly seen: JsonValue;
  readonly streamArn: string | undefined;
};

/** The engine keeps one shard a table and names it so. */
function shardOf(table: string): string {
  return `shardId-00000001-${table}`;
}

function isSameKey(actual: JsonValue | undefined, expected: JsonObject): boolean {
  return (
    isJsonObject(actual) &&
    Object.entries(expected).every(([name, value]) => JSON.stringify(actual[name]) === JSON.stringify(value))
  );
}
