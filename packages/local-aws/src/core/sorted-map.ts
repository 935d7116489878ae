import sortedBtree from 'sorted-btree';

/** A map in the order of its keys, from the library `sorted-btree`, which Node loads as a CommonJS module. */
export class SortedMap<K, V> extends sortedBtree.default<K, V> {
  constructor(compare: (a: K, b: K) => number) {
    super(undefined, compare);
  }
}

/** In the order of their UTF-16 code units, as `<` compares texts. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
