import type { Clock } from '../core/clock.ts';

/** Values that are forgotten after a time of their own. */
export class ExpiringCache<V> {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { value: V; expiresAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.expiresAt > this.#clock.now() ? entry.value : undefined;
  }

  /** @param lifetime in milliseconds; nothing is kept for 0 */
  set(key: string, value: V, lifetime: number): void {
    const now = this.#clock.now();
    for (const [other, { expiresAt }] of this.#entries) {
      // Entries of one authorizer expire about in the order they came.
      if (expiresAt > now) break;
      this.#entries.delete(other);
    }
    this.#entries.delete(key);
    if (lifetime > 0) this.#entries.set(key, { value, expiresAt: now + lifetime });
  }
}
