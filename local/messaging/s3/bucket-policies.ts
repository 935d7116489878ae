import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import type { StateStore } from '../../core/state-store.ts';

const document = 's3-policies';

/** The policies of buckets: kept and told, not acted on. */
export class BucketPolicies {
  readonly #state: StateStore;
  readonly #policies: Map<string, string>;

  constructor(state: StateStore) {
    this.#state = state;
    this.#policies = new Map(Object.entries(z.record(z.string(), z.string()).parse(state.read(document) ?? {})));
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
    this.#changed();
  }

  delete(bucket: string): void {
    this.#policies.delete(bucket);
    this.#changed();
  }

  #changed(): void {
    this.#state.changed(document, () => Object.fromEntries(this.#policies));
  }
}
