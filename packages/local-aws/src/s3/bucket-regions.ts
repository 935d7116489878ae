import * as z from 'zod';
import { defaultRegion } from '../core/arn.ts';
import type { Collection, StateStore } from '../core/state-store.ts';

/** Where buckets are. Their names are the same in all regions, and every region serves them here. */
export class BucketRegions {
  readonly #kept: Collection<string>;
  /** Those of the default region are left out. */
  readonly #regions: Map<string, string>;

  constructor(state: StateStore) {
    this.#kept = state.collection('s3/regions', z.string());
    this.#regions = new Map(this.#kept.entries());
  }

  of(bucket: string): string {
    return this.#regions.get(bucket) ?? defaultRegion;
  }

  set(bucket: string, region: string): void {
    if (region === defaultRegion) {
      this.delete(bucket);
      return;
    }
    this.#regions.set(bucket, region);
    this.#kept.put(bucket, region);
  }

  delete(bucket: string): void {
    if (this.#regions.delete(bucket)) this.#kept.delete(bucket);
  }
}
