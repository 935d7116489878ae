import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import type { BucketAttributeStore } from './bucket-attributes.ts';
import type { BucketEncryption } from './bucket-encryption.ts';
import type { BucketNotifications } from './bucket-notifications.ts';
import type { BucketRegions } from './bucket-regions.ts';

/** What the endpoint keeps of buckets besides their objects. */
export type BucketSettings = {
  readonly policies: BucketPolicies;
  readonly regions: BucketRegions;
  readonly notifications: BucketNotifications;
  readonly attributes: BucketAttributeStore;
  readonly encryption: BucketEncryption;
};

/** The policies of buckets: kept and told, not acted on. */
export class BucketPolicies {
  readonly #kept: Collection<string>;
  readonly #policies: Map<string, string>;

  constructor(state: StateStore) {
    this.#kept = state.collection('s3/policies', z.string());
    this.#policies = new Map(this.#kept.entries());
  }

  /** @throws AwsError NoSuchBucketPolicy */
  get(bucket: string): string {
    const policy = this.#policies.get(bucket);
    if (policy === undefined) throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404);
    return policy;
  }

  /** @throws AwsError MalformedPolicy */
  set(bucket: string, policy: string): void {
    try {
      JSON.parse(policy);
    } catch {
      throw new AwsError('MalformedPolicy', "Policies must be valid JSON and the first byte must be '{'");
    }
    this.#policies.set(bucket, policy);
    this.#kept.put(bucket, policy);
  }

  delete(bucket: string): void {
    this.#policies.delete(bucket);
    this.#kept.delete(bucket);
  }
}
