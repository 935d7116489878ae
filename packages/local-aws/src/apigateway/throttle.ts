import type { Clock } from '../core/clock.ts';

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
  admits(key: string, { rate, burst }: Limit): boolean {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, filledAt: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * rate);
    const admitted = tokens >= 1;
    const left = admitted ? tokens - 1 : tokens;
    this.#buckets.set(key, { tokens: left, filledAt: now, fullAt: now + ((burst - left) / rate) * 1000 });
    if (this.#buckets.size > this.#roomFor) this.#forgetFull(now);
    return admitted;
  }

  /** A full bucket is like a new one. Doubling the room keeps the cost for each bucket the same. */
  #forgetFull(now: number): void {
    for (const [key, { fullAt }] of this.#buckets) if (fullAt <= now) this.#buckets.delete(key);
    this.#roomFor = Math.max(1_000, 2 * this.#buckets.size);
  }
}
