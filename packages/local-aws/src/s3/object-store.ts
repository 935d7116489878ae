import { join } from 'node:path';
import { buildApp } from 'fauxqs';
import type { StateStore } from '../core/state-store.ts';
import { fileBodies, memoryBodies } from './bodies.ts';
import { ObjectRecords } from './object-records.ts';

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;
export type S3Store = Stores['s3Store'];

/** The classes behind fauxqs's app, which the package does not export. */
type Internals = {
  readonly S3Store: new () => S3Store;
  readonly SqsStore: new () => Stores['sqsStore'];
  readonly SnsStore: new () => Stores['snsStore'];
};

/** More than S3 takes in one call; the edge has a limit of its own. */
const maxBodyBytes = 5 * 1024 ** 3;

/** fauxqs's S3, without a port: buckets, objects, multipart uploads; their records are ours. */
export type ObjectStore = {
  readonly store: S3Store;
  readonly records: ObjectRecords;
  readonly app: ReturnType<typeof buildApp>;
  close(): Promise<void>;
};

export async function openObjectStore(state: StateStore): Promise<ObjectStore> {
  const { S3Store, SqsStore, SnsStore } = await loadInternals();
  const store = new S3Store();
  const { directory } = state;
  const bodies = directory === undefined ? memoryBodies() : fileBodies(join(directory, 's3'));
  const records = new ObjectRecords(state, bodies);
  records.loadS3(store);
  store.persistence = records;
  const app = buildApp({
    logger: false,
    stores: { s3Store: store, sqsStore: new SqsStore(), snsStore: new SnsStore() },
  });
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBodyBytes }, (_request, body, done) => {
    done(null, body);
  });
  await app.ready();
  return { store, records, app, close: async () => void (await app.close()) };
}

/** Loads the classes from beside the package's entry, wherever npm installed it. */
async function loadInternals(): Promise<Internals> {
  const modules = ['s3/s3Store.js', 'sqs/sqsStore.js', 'sns/snsStore.js'];
  const entry = import.meta.resolve('fauxqs');
  const loaded: Internals[] = await Promise.all(modules.map((path) => import(new URL(path, entry).href)));
  return Object.assign({}, ...loaded);
}
