import type { Clock } from '../core/clock.ts';
import { type Link, LinkedList } from '../core/linked-list.ts';

/** Clients choose the keys, so that there can be as many as there are requests. */
const maxEntries = 10_000;

type Entry<V> = { readonly key: string; readonly value: V; readonly expiresAt: number };

/** Values that are forgotten after a time of their own, and when there are too many: the ones that were set first. */
export class ExpiringCache<V> {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Link<Entry<V>>>();
  readonly #byAge = new LinkedList<Entry<V>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key)?.value;
    return entry !== undefined && entry.expiresAt > this.#clock.now() ? entry.value : undefined;
  }

  /** @param lifetime in milliseconds; nothing is kept for 0 */
  set(key: string, value: V, lifetime: number): void {
    const now = this.#clock.now();
    this.#delete(key);
    for (const { key: oldest, expiresAt } of this.#byAge) {
      // Entries of one authorizer expire about in the order they came.
      if (expiresAt > now && this.#byAge.size < maxEntries) break;
      this.#delete(oldest);
    }
    if (lifetime > 0) this.#entries.set(key, this.#byAge.add({ key, value, expiresAt: now + lifetime }));
  }

  #delete(key: string): void {
    const link = this.#entries.get(key);
    if (link === undefined) return;
    this.#byAge.remove(link);
    this.#entries.delete(key);
  }
}
