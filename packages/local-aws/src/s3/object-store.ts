import { join } from 'node:path';
import { buildApp } from 'fauxqs';
import { makePrivate } from '../state/make-private.ts';
import { withPrivateFiles } from './private-files.ts';

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;
type S3Store = Stores['s3Store'];
type FilePersistence = NonNullable<S3Store['persistence']> & { loadS3(store: S3Store): void };

/** The classes behind fauxqs's app. The package does not export them, and only a store can be given a directory. */
type Internals = {
  readonly S3Store: new () => S3Store;
  readonly SqsStore: new () => Stores['sqsStore'];
  readonly SnsStore: new () => Stores['snsStore'];
  readonly FileS3Persistence: new (directory: string) => FilePersistence;
};

/** More than S3 takes in one call; the edge has a limit of its own. */
const maxBodyBytes = 5 * 1024 ** 3;

/** fauxqs's S3, without a port: buckets, objects, multipart uploads, listings. */
export type ObjectStore = {
  readonly store: S3Store;
  readonly app: ReturnType<typeof buildApp>;
  close(): Promise<void>;
};

export async function openObjectStore(directory: string | undefined): Promise<ObjectStore> {
  const { S3Store, SqsStore, SnsStore, FileS3Persistence } = await loadInternals();
  const store = new S3Store();
  if (directory !== undefined) {
    const folder = join(directory, 's3');
    const persistence = new FileS3Persistence(folder);
    makePrivate(folder);
    persistence.loadS3(store);
    store.persistence = withPrivateFiles(persistence);
  }
  const app = buildApp({
    logger: false,
    stores: { s3Store: store, sqsStore: new SqsStore(), snsStore: new SnsStore() },
  });
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBodyBytes }, (_request, body, done) => {
    done(null, body);
  });
  await app.ready();
  return { store, app, close: async () => void (await app.close()) };
}

/** Loads the classes from beside the package's entry, wherever npm installed it. */
async function loadInternals(): Promise<Internals> {
  const modules = ['s3/s3Store.js', 'sqs/sqsStore.js', 'sns/snsStore.js', 's3/fileS3Persistence.js'];
  const entry = import.meta.resolve('fauxqs');
  const loaded: Internals[] = await Promise.all(modules.map((path) => import(new URL(path, entry).href)));
  return Object.assign({}, ...loaded);
}
