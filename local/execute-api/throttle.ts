import type { Clock } from '../core/clock.ts';

export type Limit = { readonly rate: number; readonly burst: number };

/** Token buckets by key, filled at `rate` a second up to `burst`. */
export class Throttle {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; filledAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one token. False when there is none: the request is over the limit. */
  admits(key: string, { rate, burst }: Limit): boolean {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, filledAt: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * rate);
    const admitted = tokens >= 1;
    this.#buckets.set(key, { tokens: admitted ? tokens - 1 : tokens, filledAt: now });
    return admitted;
  }
}
