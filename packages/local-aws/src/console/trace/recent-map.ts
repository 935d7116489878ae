import { type Link, LinkedList } from '../../core/linked-list.ts';

type Entry<K, V> = { readonly key: K; readonly value: V; readonly bytes: number };

/** A map that holds a bounded number of entries and of bytes, and forgets those that were set first. */
export class RecentMap<K, V> {
  readonly #limit: number;
  readonly #maxBytes: number;
  readonly #entries = new Map<K, Link<Entry<K, V>>>();
  readonly #byAge = new LinkedList<Entry<K, V>>();
  #bytes = 0;

  constructor(limit: number, maxBytes = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
    this.#maxBytes = maxBytes;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  get(key: K): V | undefined {
    return this.#entries.get(key)?.value.value;
  }

  set(key: K, value: V, bytes = 0): void {
    this.delete(key);
    this.#entries.set(key, this.#byAge.add({ key, value, bytes }));
    this.#bytes += bytes;
    for (let oldest = this.#byAge.first; oldest !== undefined; oldest = this.#byAge.first) {
      if (this.#entries.size <= this.#limit && this.#bytes <= this.#maxBytes) break;
      this.delete(oldest.value.key);
    }
  }

  delete(key: K): void {
    const link = this.#entries.get(key);
    if (link === undefined) return;
    this.#entries.delete(key);
    this.#byAge.remove(link);
    this.#bytes -= link.value.bytes;
  }

  clear(): void {
    for (const key of [...this.#entries.keys()]) this.delete(key);
  }
}
