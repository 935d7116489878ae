import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { startInProcessServices } from '../edge/in-process-services.fixture.ts';
import { openStateStore } from '../state/sqlite-state-store.ts';

const Bucket = 'kept';

/** Runs `work` with the S3 of an endpoint on this folder. */
async function withS3(directory: string, work: (s3: S3Client) => Promise<void>): Promise<void> {
  const state = openStateStore(directory);
  const services = await startInProcessServices({ state });
  const s3 = new S3Client({ ...services.clientConfig, forcePathStyle: true });
  try {
    await work(s3);
  } finally {
    s3.destroy();
    await services.close();
    await state.close();
  }
}

test('keeps buckets, objects and unfinished uploads, and no body that nothing names', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 's3-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const Key = 'a//b';
  const upload = { Bucket, Key: 'parts' };
  let UploadId: string | undefined;
  let part: { ETag: string | undefined; PartNumber: number } | undefined;
  await withS3(directory, async (s3) => {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Filter: {}, Expiration: { Days: 1 } }] },
      }),
    );
    for (const Body of ['old', 'new']) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body, Metadata: { m: Body }, ContentType: 'text/plain' }));
    }
    await s3.send(new PutObjectCommand({ Bucket, Key: 'deleted', Body: '-' }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'deleted' }));
    ({ UploadId } = await s3.send(new CreateMultipartUploadCommand(upload)));
    const { ETag } = await s3.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'part' }));
    part = { ETag, PartNumber: 1 };
  });
  // As a crash between the body and its record leaves it.
  writeFileSync(join(directory, 's3', 'orphan'), '-');
  await withS3(directory, async (s3) => {
    assert.equal(readdirSync(join(directory, 's3')).length, 2);
    const { Body, Metadata, ContentType } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    assert.deepEqual([await Body?.transformToString(), Metadata, ContentType], ['new', { m: 'new' }, 'text/plain']);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    assert.deepEqual(
      Contents?.map((object) => object.Key),
      [Key],
    );
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    assert.equal(Rules?.[0]?.Expiration?.Days, 1);
    await s3.send(
      new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts: part ? [part] : [] } }),
    );
    const whole = await s3.send(new GetObjectCommand(upload));
    assert.equal(await whole.Body?.transformToString(), 'part');
    for (const name of readdirSync(join(directory, 's3'))) {
      assert.equal(statSync(join(directory, 's3', name)).mode & 0o077, 0, name);
    }
  });
});
