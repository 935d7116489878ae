import { join } from 'node:path';
import { buildApp } from 'fauxqs';
// The package exports no store of its own making, and only a store can be given a directory.
import { FileS3Persistence } from '../../../../node_modules/fauxqs/dist/s3/fileS3Persistence.js';
import { S3Store } from '../../../../node_modules/fauxqs/dist/s3/s3Store.js';
import { SnsStore } from '../../../../node_modules/fauxqs/dist/sns/snsStore.js';
import { SqsStore } from '../../../../node_modules/fauxqs/dist/sqs/sqsStore.js';

import { makePrivate } from '../state/make-private.ts';
import { withPrivateFiles } from './private-files.ts';

/** More than S3 takes in one call; the edge has a limit of its own. */
const maxBodyBytes = 5 * 1024 ** 3;

/** fauxqs's S3, without a port: buckets, objects, multipart uploads, listings. */
export type ObjectStore = {
  readonly store: S3Store;
  readonly app: ReturnType<typeof buildApp>;
  close(): Promise<void>;
};

export async function openObjectStore(directory: string | undefined): Promise<ObjectStore> {
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
