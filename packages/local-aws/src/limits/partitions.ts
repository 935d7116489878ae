import { arn } from '../core/arn.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { IndexFacts, TableFacts } from '../dynamodb/table-facts.ts';
import type { ItemAccess } from './item-access.ts';
import type { Limits } from './limits.ts';

/**
 * The items of a table, or of an index of it, that have the same partition key. Adaptive capacity gives such a key a
 * partition of its own when it is busy, so that each has the capacity of one.
 */
export type Partition = {
  readonly operation: 'Read' | 'Write';
  readonly region: string;
  readonly table: string;
  readonly index: string | undefined;
  /** The value of the partition key; undefined for all of them, which have no limit together but that of the table. */
  readonly value: string | undefined;
};

/** The quota that keeps a call from a partition; undefined when there is room. */
export function fullQuota(limits: Limits, partition: Partition): 'partition' | 'table' | undefined {
  const { operation } = partition;
  const key = partitionName(partition);
  if (key !== undefined && !limits.hasRoom(`partition${operation}s`, key)) return 'partition';
  return limits.hasRoom(`table${operation}s`, resourceName(partition)) ? undefined : 'table';
}

/** Counts capacity units. */
export function consume(limits: Limits, partition: Partition, units: number): void {
  const { operation } = partition;
  const key = partitionName(partition);
  if (key !== undefined) limits.use(`partition${operation}s`, key, units);
  limits.use(`table${operation}s`, resourceName(partition), units);
}

/** The ARN of the table or index. */
export function arnOf({ region, table, index }: Partition): string {
  return arn('dynamodb', region, `table/${table}${index === undefined ? '' : `/index/${index}`}`);
}

function resourceName({ region, table, index }: Partition): string {
  return `${region}/${table}${index === undefined ? '' : `/${index}`}`;
}

function partitionName(partition: Partition): string | undefined {
  return partition.value === undefined ? undefined : `${resourceName(partition)} ${partition.value}`;
}

/** The value of a key as text, such as `ada` for `{ S: 'ada' }`. */
export function valueText(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null || !isJsonObject(value)) return undefined;
  const [text] = Object.values(value);
  return typeof text === 'string' ? text : undefined;
}

/** Finds partitions by the keys of tables and indexes in one region. */
export class PartitionFinder {
  readonly #facts: Pick<TableFacts, 'partitionKey' | 'globalIndexes'>;
  readonly #region: string;

  constructor(facts: Pick<TableFacts, 'partitionKey' | 'globalIndexes'>, region: string) {
    this.#facts = facts;
    this.#region = region;
  }

  /** The partition of the table that an item is in. */
  ofItem({ kind, table, key }: ItemAccess): Partition {
    const value = valueText(key[this.#facts.partitionKey(table) ?? '']);
    return { operation: kind === 'read' ? 'Read' : 'Write', region: this.#region, table, index: undefined, value };
  }

  /** The partitions of indexes that an item is in, of those indexes that an access changes. */
  ofIndexes(access: ItemAccess, item: JsonObject | undefined): readonly Partition[] {
    if (item === undefined || !changesIndexes(access)) return [];
    return this.#changedIndexes(access).flatMap(([index, { hashKey }]) => {
      const value = valueText(item[hashKey]);
      if (value === undefined) return [];
      return [{ operation: 'Write' as const, region: this.#region, table: access.table, index, value }];
    });
  }

  /** Whether an access changes an index, so that it matters which partitions of it the item is in. */
  isIndexed(access: ItemAccess): boolean {
    return changesIndexes(access) && this.#changedIndexes(access).length > 0;
  }

  #changedIndexes(access: ItemAccess): (readonly [name: string, facts: IndexFacts])[] {
    const indexes = [...this.#facts.globalIndexes(access.table)];
    if (access.kind !== 'update') return indexes;
    const named = namedAttributes(access.input);
    return indexes.filter(([, { projected }]) => projected?.some((name) => named.has(name)) ?? true);
  }
}

function changesIndexes({ kind }: ItemAccess): boolean {
  return kind === 'put' || kind === 'update' || kind === 'delete';
}

/** Every word in an update expression that may be an attribute; those of values begin with a colon. */
function namedAttributes({ UpdateExpression, ExpressionAttributeNames, AttributeUpdates }: JsonObject): Set<string> {
  const names =
    ExpressionAttributeNames !== undefined && isJsonObject(ExpressionAttributeNames) ? ExpressionAttributeNames : {};
  const words = typeof UpdateExpression === 'string' ? (UpdateExpression.match(/[#:]?[\w-]+/g) ?? []) : [];
  const legacy = AttributeUpdates !== undefined && isJsonObject(AttributeUpdates) ? Object.keys(AttributeUpdates) : [];
  return new Set([...words.map((word) => (Object.hasOwn(names, word) ? String(names[word]) : word)), ...legacy]);
}
