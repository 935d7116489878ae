import type { Clock } from '../core/clock.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Engine } from './engine.ts';

/** Up to so many items the count of a table is exact at any time. */
const exactCount = 10_000;
const freshMs = 60_000;

/**
 * What the engine says about tables. It counts the items for each answer, so that an answer about a large table is used
 * again for a minute; AWS updates the count about every six hours.
 */
export class TableDescriptions {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #large = new Map<string, { readonly output: JsonObject; readonly since: number }>();
  #changes = 0;

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** The output of DescribeTable. @throws AwsError */
  async describe(name: string): Promise<JsonObject> {
    const now = this.#clock.now();
    const known = this.#large.get(name);
    if (known !== undefined && now >= known.since && now - known.since < freshMs) return known.output;
    const changes = this.#changes;
    const output = await this.#engine.call('DescribeTable', { TableName: name });
    // An answer may be older than a change that was made while it was on its way.
    if (isLarge(output.Table) && changes === this.#changes) this.#large.set(name, { output, since: now });
    return output;
  }

  /** To be called when a table changes, by more than its items. */
  forget(name: string): void {
    this.#changes += 1;
    this.#large.delete(name);
  }

  forgetAll(): void {
    this.#changes += 1;
    this.#large.clear();
  }
}

/** Tables and indexes that are being made change by themselves. */
function isLarge(table: unknown): boolean {
  if (!isJsonObject(table) || Number(table.ItemCount) <= exactCount) return false;
  const indexes = Array.isArray(table.GlobalSecondaryIndexes) ? table.GlobalSecondaryIndexes : [];
  return (
    table.TableStatus === 'ACTIVE' && indexes.every((index) => isJsonObject(index) && index.IndexStatus === 'ACTIVE')
  );
}
