import type { AwsApi } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { CredentialStore } from '../core/credentials.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { BucketPolicies } from './s3/bucket-policies.ts';
import { bucketResources } from './s3/bucket-resources.ts';
import { openObjectStore } from './s3/object-store.ts';
import { s3Api } from './s3/s3-api.ts';
import { queueResources } from './sqs/queue-resources.ts';
import { QueueStore } from './sqs/queue-store.ts';
import { sqsApi } from './sqs/sqs-api.ts';
import { stsApi } from './sts/sts-api.ts';

export type MessagingOptions = {
  readonly clock: Clock;
  /** With a directory queues, messages, topics, buckets and objects survive a restart. */
  readonly state: StateStore;
  readonly credentials: CredentialStore;
  /** The endpoint as its clients reach it, such as `http://localhost:4566`: queue URLs begin with it. */
  readonly endpointUrl: () => string;
};

export type Messaging = {
  readonly s3: AwsApi;
  readonly sqs: AwsApi;
  readonly sts: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  /** For Lambda code and templates. @throws AwsError NoSuchKey, NoSuchBucket */
  getObject(bucket: string, key: string): Promise<Buffer>;
  close(): Promise<void>;
};

export async function createMessaging({
  clock,
  state,
  credentials,
  endpointUrl,
}: MessagingOptions): Promise<Messaging> {
  const queues = new QueueStore({ clock, state, endpointUrl });
  const objects = await openObjectStore(state.directory);
  const policies = new BucketPolicies(state);
  const sqs = sqsApi(queues);
  const s3 = s3Api(objects, policies);
  return {
    // An unsigned call looks like one to S3, but nobody uploads forms to the path of a queue.
    s3: (request) => (isQueueCall(request.path, request.headers['content-type']) ? sqs(request) : s3(request)),
    sqs,
    sts: stsApi(credentials, clock),
    resourceTypes: [...queueResources(queues), ...bucketResources(objects, policies)],
    async getObject(bucket, key) {
      try {
        return objects.store.getObject(bucket, key).body;
      } catch (error) {
        const code = objects.store.hasBucket(bucket) ? 'NoSuchKey' : 'NoSuchBucket';
        throw new AwsError(code, error instanceof Error ? error.message : String(error), 404);
      }
    },
    async close() {
      queues.close();
      await objects.close();
    },
  };
}

function isQueueCall(path: string, contentType: string | undefined): boolean {
  return (
    /^\/000000000000\/[\w.-]+$/.test(path) && contentType?.startsWith('application/x-www-form-urlencoded') === true
  );
}
