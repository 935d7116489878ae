import type { SortedMap } from '../core/sorted-map.ts';
import { afterPrefix, compareKeys } from './compare-keys.ts';
import type { ObjectRecord } from './object-records.ts';

export type Listing = {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  /** The last key or common prefix of the page before; what sorts before it is left out. */
  readonly after: string | undefined;
  readonly maxKeys: number;
};

/** Objects and common prefixes, each in order. */
export type Page = {
  readonly objects: readonly ObjectRecord[];
  readonly prefixes: readonly string[];
  /** Where the next page begins, when there is one. */
  readonly next: string | undefined;
};

/** A page of the keys of a bucket. Its cost grows with the page, not with the bucket. */
export function listKeys(keys: SortedMap<string, ObjectRecord>, listing: Listing): Page {
  const { prefix, delimiter, maxKeys } = listing;
  const objects: ObjectRecord[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  let entry = firstEntry(keys, listing);
  while (entry?.[0].startsWith(prefix)) {
    if (objects.length + prefixes.length === maxKeys) return { objects, prefixes, next: last };
    const [key, record] = entry;
    const common = commonPrefix(key, prefix, delimiter);
    if (common === undefined) {
      objects.push(record);
      entry = keys.nextHigherPair(key);
    } else {
      prefixes.push(common);
      entry = entryAfterPrefix(keys, common);
    }
    last = common ?? key;
  }
  return { objects, prefixes, next: undefined };
}

type Entry = [string, ObjectRecord] | undefined;

function firstEntry(keys: SortedMap<string, ObjectRecord>, { prefix, delimiter, after }: Listing): Entry {
  const first = keys.getPairOrNextHigher(prefix);
  if (after === undefined || compareKeys(after, prefix) < 0) return first;
  const common = commonPrefix(after, prefix, delimiter);
  return common === undefined ? keys.nextHigherPair(after) : entryAfterPrefix(keys, common);
}

function entryAfterPrefix(keys: SortedMap<string, ObjectRecord>, prefix: string): Entry {
  const after = afterPrefix(prefix);
  return after === undefined ? undefined : keys.getPairOrNextHigher(after);
}

/** The key up to the first delimiter after the prefix, with it. */
function commonPrefix(key: string, prefix: string, delimiter: string | undefined): string | undefined {
  if (delimiter === undefined || !key.startsWith(prefix)) return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}
