import * as z from 'zod';
import { SortedMap } from '../core/sorted-map.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import type { Bodies } from './bodies.ts';
import { compareKeys } from './compare-keys.ts';
import type { S3Store } from './object-store.ts';

type Persistence = NonNullable<S3Store['persistence']>;
type S3Object = Parameters<Persistence['upsertObject']>[1];
type Upload = Parameters<Persistence['insertMultipartUpload']>[0];
type Part = Parameters<Persistence['upsertMultipartPart']>[1];

const texts = z.record(z.string(), z.string());
const checksumAlgorithm = z.enum(['CRC32', 'SHA1', 'SHA256']).exactOptional();
const described = {
  bucket: z.string(),
  key: z.string(),
  contentType: z.string(),
  metadata: texts,
  contentLanguage: z.string().exactOptional(),
  contentDisposition: z.string().exactOptional(),
  cacheControl: z.string().exactOptional(),
  contentEncoding: z.string().exactOptional(),
  checksumAlgorithm,
};
const time = z.number();
const bucketSchema = z.object({
  creationDate: time,
  type: z.enum(['general-purpose', 'directory']),
  lifecycle: z.string().exactOptional(),
});
const objectSchema = z.object({
  ...described,
  /** The id of the body. */
  body: z.string(),
  contentLength: z.number(),
  etag: z.string(),
  lastModified: time,
  parts: z.array(z.object({ partNumber: z.number(), offset: z.number(), length: z.number() })).exactOptional(),
  checksumValue: z.string().exactOptional(),
  checksumType: z.enum(['FULL_OBJECT', 'COMPOSITE']).exactOptional(),
  partChecksums: z.array(z.string()).exactOptional(),
});
const partSchema = z.object({
  body: z.string(),
  etag: z.string(),
  lastModified: time,
  checksumValue: z.string().exactOptional(),
});
const uploadSchema = z.object({ ...described, initiated: time, parts: z.record(z.string(), partSchema) });

type BucketRecord = z.infer<typeof bucketSchema>;
/** What is known of an object, besides its body. */
export type ObjectRecord = Readonly<z.infer<typeof objectSchema>>;
type UploadRecord = z.infer<typeof uploadSchema>;

/**
 * The buckets, objects and uploads behind fauxqs's store: their records in the state, their contents in bodies. An object
 * is replaced by one record, so that a crash leaves either the old object or the new one. Listings read the index, which
 * is in the order of S3.
 */
export class ObjectRecords implements Persistence {
  readonly #state: StateStore;
  readonly #bodies: Bodies;
  readonly #buckets = new Map<string, { record: BucketRecord; readonly objects: SortedMap<string, ObjectRecord> }>();
  readonly #uploads = new Map<string, UploadRecord>();
  readonly #keptBuckets: Collection<BucketRecord>;
  readonly #keptObjects: Collection<ObjectRecord>;
  readonly #keptUploads: Collection<UploadRecord>;

  constructor(state: StateStore, bodies: Bodies) {
    this.#state = state;
    this.#bodies = bodies;
    this.#keptBuckets = state.collection('s3/buckets', bucketSchema);
    this.#keptObjects = state.collection('s3/objects', objectSchema);
    this.#keptUploads = state.collection('s3/uploads', uploadSchema);
  }

  /** The objects of a bucket, by key. */
  objects(bucket: string): SortedMap<string, ObjectRecord> | undefined {
    return this.#buckets.get(bucket)?.objects;
  }

  loadS3(store: S3Store): void {
    const ids = new Set<string>();
    for (const [name, record] of this.#keptBuckets.entries()) {
      store.createBucket(name, record.type);
      store.setBucketCreationDate(name, new Date(record.creationDate));
      if (record.lifecycle !== undefined) store.restoreBucketLifecycleConfiguration(name, record.lifecycle);
      this.#buckets.set(name, { record, objects: new SortedMap(compareKeys) });
    }
    for (const [, record] of this.#keptObjects.entries()) {
      const { bucket, body, lastModified, ...object } = record;
      store.restoreObject(bucket, { ...object, body: Buffer.alloc(0), lastModified: new Date(lastModified) });
      this.objects(bucket)?.set(record.key, record);
      ids.add(body);
    }
    for (const [uploadId, record] of this.#keptUploads.entries()) {
      store.restoreMultipartUpload(this.#uploadOf(uploadId, record));
      this.#uploads.set(uploadId, record);
      for (const { body } of Object.values(record.parts)) ids.add(body);
    }
    this.#bodies.keepOnly(ids);
  }

  insertBucket(name: string, creationDate: Date, type: BucketRecord['type']): void {
    this.#buckets.set(name, {
      record: { creationDate: creationDate.getTime(), type },
      objects: new SortedMap(compareKeys),
    });
    this.#keepBucket(name);
  }

  deleteBucket(name: string): void {
    this.#buckets.delete(name);
    this.#keptBuckets.delete(name);
  }

  saveBucketLifecycleConfiguration(name: string, lifecycle: string): void {
    const bucket = this.#bucket(name);
    bucket.record = { ...bucket.record, lifecycle };
    this.#keepBucket(name);
  }

  deleteBucketLifecycleConfiguration(name: string): void {
    const bucket = this.#bucket(name);
    const { lifecycle: _, ...record } = bucket.record;
    bucket.record = record;
    this.#keepBucket(name);
  }

  upsertObject(bucket: string, { body, lastModified, ...object }: S3Object): void {
    const { objects } = this.#bucket(bucket);
    const replaced = objects.get(object.key);
    const record = { ...object, bucket, body: this.#bodies.put(body), lastModified: lastModified.getTime() };
    objects.set(object.key, record);
    this.#keptObjects.put(recordKey(bucket, object.key), record);
    if (replaced !== undefined) this.#deleteBodies([replaced]);
  }

  deleteObject(bucket: string, key: string): void {
    const { objects } = this.#bucket(bucket);
    const record = objects.get(key);
    if (record === undefined) return;
    objects.delete(key);
    this.#keptObjects.delete(recordKey(bucket, key));
    this.#deleteBodies([record]);
  }

  deleteObjectsByBucket(bucket: string): void {
    const { objects } = this.#bucket(bucket);
    const records = [...objects.values()];
    objects.clear();
    for (const { key } of records) this.#keptObjects.delete(recordKey(bucket, key));
    this.#deleteBodies(records);
  }

  deleteAllObjects(): void {
    for (const bucket of this.#buckets.keys()) this.deleteObjectsByBucket(bucket);
  }

  renameObject(bucket: string, sourceKey: string, key: string): void {
    const { objects } = this.#bucket(bucket);
    const record = objects.get(sourceKey);
    if (record === undefined || key === sourceKey) return;
    const replaced = objects.get(key);
    objects.delete(sourceKey);
    objects.set(key, { ...record, key });
    this.#keptObjects.delete(recordKey(bucket, sourceKey));
    this.#keptObjects.put(recordKey(bucket, key), { ...record, key });
    if (replaced !== undefined) this.#deleteBodies([replaced]);
  }

  readBody(bucket: string, key: string): Buffer {
    const record = this.objects(bucket)?.get(key);
    if (record === undefined) throw new Error(`There is no object ${key} in ${bucket}.`);
    return this.#bodies.get(record.body);
  }

  insertMultipartUpload({ uploadId, initiated, parts: _parts, ...upload }: Upload): void {
    const record = { ...upload, initiated: initiated.getTime(), parts: {} };
    this.#uploads.set(uploadId, record);
    this.#keptUploads.put(uploadId, record);
  }

  upsertMultipartPart(uploadId: string, { partNumber, body, lastModified, ...part }: Part): void {
    const upload = this.#uploads.get(uploadId);
    if (upload === undefined) return;
    const replaced = upload.parts[partNumber];
    upload.parts[partNumber] = { ...part, body: this.#bodies.put(body), lastModified: lastModified.getTime() };
    this.#keptUploads.put(uploadId, upload);
    if (replaced !== undefined) this.#deleteBodies([replaced]);
  }

  deleteMultipartUpload(uploadId: string): void {
    const upload = this.#uploads.get(uploadId);
    if (upload === undefined) return;
    this.#uploads.delete(uploadId);
    this.#keptUploads.delete(uploadId);
    this.#deleteBodies(Object.values(upload.parts));
  }

  completeMultipartUpload(uploadId: string, bucket: string, object: S3Object): void {
    this.upsertObject(bucket, object);
    this.deleteMultipartUpload(uploadId);
  }

  deleteAllMultipartUploads(): void {
    for (const uploadId of [...this.#uploads.keys()]) this.deleteMultipartUpload(uploadId);
  }

  purgeAll(): void {
    this.deleteAllObjects();
    this.deleteAllMultipartUploads();
    for (const name of [...this.#buckets.keys()]) this.deleteBucket(name);
  }

  close(): void {}

  #bucket(name: string) {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new Error(`There is no bucket ${name}.`);
    return bucket;
  }

  #keepBucket(name: string): void {
    this.#keptBuckets.put(name, this.#bucket(name).record);
  }

  /** Once the records that named them are gone from the disk: until then a crash brings them back. */
  #deleteBodies(records: readonly { readonly body: string }[]): void {
    this.#state.committed().then(
      () => {
        for (const { body } of records) this.#bodies.delete(body);
      },
      // What cannot be written now stays; the next start finds bodies without records.
      () => {},
    );
  }

  #uploadOf(uploadId: string, { initiated, parts, ...upload }: UploadRecord): Upload {
    const entries = Object.entries(parts).map(([partNumber, { body, lastModified, ...part }]): [number, Part] => [
      Number(partNumber),
      {
        ...part,
        partNumber: Number(partNumber),
        body: this.#bodies.get(body),
        lastModified: new Date(lastModified),
      },
    ]);
    return { ...upload, uploadId, initiated: new Date(initiated), parts: new Map(entries) };
  }
}

/** Names of buckets have no slash. */
function recordKey(bucket: string, key: string): string {
  return `${bucket}/${key}`;
}
