import type { Clock } from '../core/clock.ts';
import { type Limit, Throttle } from '../core/throttle.ts';
import { dividedQuotas, type Quotas } from './aws-quotas.ts';

/** The quotas that are token buckets. */
export type RateQuota = {
  [Name in keyof Quotas]: Quotas[Name] extends Limit ? Name : never;
}[keyof Quotas];

/** How much of a quota was used by what it is for, such as a partition. */
export type Usage = {
  readonly quota: RateQuota;
  /** A partition, table, function, queue or topic; the region for requests to APIs and messages to standard topics. */
  readonly resource: string;
  /** Units that were used since the start. */
  used: number;
  /** Calls that were refused. */
  refused: number;
};

/** Beyond this, what was used least is forgotten. */
const mostUsages = 20_000;

/** The quotas of an AWS account by the endpoint's clock, and what is used of them. */
export class Limits {
  readonly quotas: Quotas;
  readonly #throttle: Throttle;
  readonly #usages = new Map<string, Usage>();

  /** @param divisor by which every quota is divided */
  constructor(clock: Clock, divisor: number) {
    this.quotas = dividedQuotas(divisor);
    this.#throttle = new Throttle(clock);
  }

  /**
   * Uses one unit. False when the quota is used up.
   *
   * @param user what uses it, for a quota that the resources of an account share
   */
  admits(quota: RateQuota, resource: string, user = resource): boolean {
    const isAdmitted = this.#throttle.admits(keyOf(quota, resource), this.quotas[quota]);
    const usage = this.#usage(quota, user);
    if (isAdmitted) usage.used += 1;
    else usage.refused += 1;
    return isAdmitted;
  }

  /** Whether work may begin whose cost is known only when it is done. */
  hasRoom(quota: RateQuota, resource: string): boolean {
    const hasRoom = this.#throttle.hasTokens(keyOf(quota, resource), this.quotas[quota]);
    if (!hasRoom) this.#usage(quota, resource).refused += 1;
    return hasRoom;
  }

  /** Uses units for work that is done. */
  use(quota: RateQuota, resource: string, units: number): void {
    if (units === 0) return;
    this.#throttle.take(keyOf(quota, resource), this.quotas[quota], units);
    this.#usage(quota, resource).used += units;
  }

  /** What was used and refused, the most used first. */
  usages(): readonly Usage[] {
    return [...this.#usages.values()].toSorted((a, b) => b.used - a.used);
  }

  #usage(quota: RateQuota, resource: string): Usage {
    const key = keyOf(quota, resource);
    const known = this.#usages.get(key);
    if (known !== undefined) return known;
    if (this.#usages.size >= mostUsages) this.#forgetLeastUsed();
    const usage: Usage = { quota, resource, used: 0, refused: 0 };
    this.#usages.set(key, usage);
    return usage;
  }

  #forgetLeastUsed(): void {
    for (const { quota, resource } of this.usages().slice(mostUsages / 2)) this.#usages.delete(keyOf(quota, resource));
  }
}

function keyOf(quota: RateQuota, resource: string): string {
  return `${quota} ${resource}`;
}
