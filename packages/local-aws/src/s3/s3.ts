import type { AwsApi } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { KeyRing } from '../core/key-ring.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { BucketAttributeStore } from './bucket-attributes.ts';
import { BucketEncryption } from './bucket-encryption.ts';
import { BucketNotifications, type NotificationPorts } from './bucket-notifications.ts';
import { BucketPolicies } from './bucket-policies.ts';
import { BucketRegions } from './bucket-regions.ts';
import { bucketResources } from './bucket-resources.ts';
import { openObjectStore } from './object-store.ts';
import { s3Api } from './s3-api.ts';
import type { SavedObject } from './saved-object.ts';

export type S3 = {
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  /** Notifications are sent, and keys checked, once the services are there that have them. */
  connect(ports: NotificationPorts & { readonly keysIn: (region: string) => KeyRing | undefined }): void;
  /** Reads the code of a function or a template. @throws AwsError NoSuchKey, NoSuchBucket */
  getObject(bucket: string, key: string): Promise<Buffer>;
  /** Empties the buckets, except those that code or templates were read from: a later deployment may need them. */
  reset(): void;
  /** The objects of the buckets that `reset` empties. */
  save(): SavedObject[];
  /** Puts objects back whose buckets are there. */
  restore(objects: readonly SavedObject[]): void;
  close(): Promise<void>;
};

/** S3: buckets and objects, with the contents in the folder of `state` if it has one. */
export async function openS3({ clock, state }: { readonly clock: Clock; readonly state: StateStore }): Promise<S3> {
  const objects = await openObjectStore(state);
  const { store, records } = objects;
  const notifications = new BucketNotifications(clock, state);
  const attributes = new BucketAttributeStore(state);
  const encryption = new BucketEncryption(attributes);
  const settings = {
    ...{ notifications, attributes, encryption },
    policies: new BucketPolicies(state),
    regions: new BucketRegions(state),
  };
  const deploymentBuckets = new Set<string>();
  return {
    api: s3Api(objects, settings),
    resourceTypes: bucketResources(objects, settings),
    connect({ keysIn, ...ports }) {
      notifications.connect(ports);
      encryption.connect(keysIn);
    },
    async getObject(bucket, key) {
      try {
        const { body } = store.getObject(bucket, key);
        deploymentBuckets.add(bucket);
        return body;
      } catch (error) {
        const code = store.hasBucket(bucket) ? 'NoSuchKey' : 'NoSuchBucket';
        throw new AwsError(code, error instanceof Error ? error.message : String(error), 404);
      }
    },
    reset() {
      for (const { name } of store.listBuckets()) if (!deploymentBuckets.has(name)) store.emptyBucket(name);
    },
    save: () =>
      store
        .listBuckets()
        .filter(({ name }) => !deploymentBuckets.has(name))
        .flatMap(({ name: bucket }) =>
          [...(records.objects(bucket)?.values() ?? [])].map(({ key, contentType, metadata }) => {
            const { body } = store.getObject(bucket, key);
            return { bucket, key, body: body.toString('base64'), contentType, metadata };
          }),
        ),
    restore(saved) {
      for (const { bucket, key, body, contentType, metadata } of saved) {
        if (store.hasBucket(bucket)) store.putObject(bucket, key, Buffer.from(body, 'base64'), contentType, metadata);
      }
    },
    close: () => objects.close(),
  };
}
