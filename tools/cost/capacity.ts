import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Readonly<Record<string, AttributeValue>>;

/** A secondary index, as far as it decides what a write costs. */
export type Index = {
  readonly keys: readonly string[];
  /** Attributes that an entry has besides the keys of table and index; undefined for all. */
  readonly projected: readonly string[] | undefined;
};

export type Table = { readonly keys: readonly string[]; readonly indexes: readonly Index[] };

const writeUnitBytes = 1024;
const readUnitBytes = 4096;

/**
 * The write request units of one item: by the larger of its sizes before and after, and for each index whose entry changes.
 * A transaction doubles the units of the table, not those of indexes.
 */
export function writeUnits(
  table: Table,
  before: Item | undefined,
  after: Item | undefined,
  isTransaction: boolean,
): number {
  const larger = Math.max(sizeOf(before), sizeOf(after));
  const ofTable = Math.max(1, Math.ceil(larger / writeUnitBytes)) * (isTransaction ? 2 : 1);
  return table.indexes.reduce((units, index) => units + indexUnits(table, index, before, after), ofTable);
}

/** A new key is an entry deleted and another one written; what an index does not project costs nothing there. */
function indexUnits(table: Table, index: Index, before: Item | undefined, after: Item | undefined): number {
  const [old, young] = [entryOf(table, index, before), entryOf(table, index, after)];
  const units = (entry: Item) => Math.max(1, Math.ceil(sizeOf(entry) / writeUnitBytes));
  if (old === undefined || young === undefined) return units(old ?? young ?? {}) * (old === young ? 0 : 1);
  if (index.keys.some((key) => !isSame(old[key], young[key]))) return units(old) + units(young);
  return isSame(old, young) ? 0 : Math.max(units(old), units(young));
}

function entryOf(table: Table, index: Index, item: Item | undefined): Item | undefined {
  if (item === undefined || index.keys.some((key) => item[key] === undefined)) return undefined;
  if (index.projected === undefined) return item;
  const names = new Set([...table.keys, ...index.keys, ...index.projected]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

/** The read request units of items that one Query reads together. */
export function queryUnits(items: readonly Item[], isConsistent: boolean): number {
  const bytes = items.reduce((sum, item) => sum + sizeOf(item), 0);
  return Math.max(1, Math.ceil(bytes / readUnitBytes)) * (isConsistent ? 1 : 0.5);
}

/** The read request units of one item that is read by its key, or is not there. */
export function getUnits(item: Item | undefined, isConsistent: boolean): number {
  return queryUnits(item === undefined ? [] : [item], isConsistent);
}

/** Bytes of an item: names and values. */
export function sizeOf(item: Item | undefined): number {
  if (item === undefined) return 0;
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  // Two digits in a byte, and one for the exponent.
  if (value.N !== undefined) return Math.ceil(value.N.replaceAll(/[^0-9]/g, '').length / 2) + 1;
  if (value.BOOL !== undefined || value.NULL !== undefined) return 1;
  if (value.L !== undefined) return 3 + value.L.reduce((sum, each) => sum + 1 + valueBytes(each), 0);
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + sizeOf(value.M);
  if (value.SS !== undefined) return value.SS.reduce((sum, each) => sum + Buffer.byteLength(each), 0);
  throw new Error(`What is the size of ${JSON.stringify(value)}? Add its type to tools/cost/capacity.ts.`);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => [name, sorted(each)]);
}
