import type { Clock } from '../core/clock.ts';

export type ScalingQuota = { readonly first: number; readonly perMinute: number; readonly most: number };

/** How many batches of one queue may be in flight: a few at first, then more each minute while all of them are. */
export class QueueScaling {
  readonly #clock: Clock;
  readonly #quota: ScalingQuota;
  #busySince: number | undefined;

  constructor(clock: Clock, quota: ScalingQuota) {
    this.#clock = clock;
    this.#quota = quota;
  }

  /** @param inFlight the batches in flight, of a queue that has messages for more */
  allowed(inFlight: number): number {
    const { first, perMinute, most } = this.#quota;
    const now = this.#clock.now();
    if (inFlight < first) this.#busySince = undefined;
    else this.#busySince ??= now;
    const minutes = (now - (this.#busySince ?? now)) / 60_000;
    return Math.min(most, first + Math.floor(minutes * perMinute));
  }
}
