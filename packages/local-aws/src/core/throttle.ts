import type { Clock } from './clock.ts';

/** A rate in tokens a second, and how many tokens there are at most. */
export type Limit = { readonly rate: number; readonly burst: number };

/** Token buckets by key, filled at `rate` a second up to `burst`. */
export class Throttle {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; filledAt: number; fullAt: number }>();
  /** How many buckets there must be before full ones are looked for. */
  #roomFor = 1_000;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one token. False when there is none: the request is over the limit. */
  admits(key: string, limit: Limit): boolean {
    const admitted = this.#tokens(key, limit) >= 1;
    this.take(key, limit, admitted ? 1 : 0);
    return admitted;
  }

  /** Whether any part of a token is there, for work whose cost is known only when it is done. */
  hasTokens(key: string, limit: Limit): boolean {
    return this.#tokens(key, limit) > 0;
  }

  /** Takes tokens for work that is done. A bucket without enough of them is in debt. */
  take(key: string, limit: Limit, amount: number): void {
    const { rate, burst } = limit;
    const now = this.#clock.now();
    const left = this.#tokens(key, limit) - amount;
    this.#buckets.set(key, { tokens: left, filledAt: now, fullAt: now + ((burst - left) / rate) * 1000 });
    if (this.#buckets.size > this.#roomFor) this.#forgetFull(now);
  }

  #tokens(key: string, { rate, burst }: Limit): number {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return burst;
    return Math.min(burst, bucket.tokens + ((this.#clock.now() - bucket.filledAt) / 1000) * rate);
  }

  /** A full bucket is like a new one. Doubling the room keeps the cost for each bucket the same. */
  #forgetFull(now: number): void {
    for (const [key, { fullAt }] of this.#buckets) if (fullAt <= now) this.#buckets.delete(key);
    this.#roomFor = Math.max(1_000, 2 * this.#buckets.size);
  }
}
