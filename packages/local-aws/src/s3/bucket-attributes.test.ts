import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { memoryState } from '../core/memory-state.fixture.ts';
import type { ResourceContext, ResourceType } from '../core/resource-type.ts';
import { type InProcessServices, startInProcessServices } from '../edge/in-process-services.fixture.ts';

const context: ResourceContext = {
  stackName: 'toolkit',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/toolkit/1',
  logicalId: 'StagingBucket',
  region: 'us-east-1',
  tags: { team: 'shop' },
};
const properties = {
  BucketName: 'staging',
  Tags: [{ Key: 'aws-cdk:auto-delete-objects', Value: 'true' }],
  VersioningConfiguration: { Status: 'Enabled' },
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [
      { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'key-1' }, BucketKeyEnabled: true },
    ],
  },
};

function bucketType({ resourceTypes }: InProcessServices): ResourceType {
  const found = resourceTypes.find(({ type }) => type === 'AWS::S3::Bucket');
  assert.ok(found);
  return found;
}

describe('a bucket', () => {
  let edge: InProcessServices;
  let client: S3Client;
  const state = memoryState();
  const staging = { Bucket: 'staging' };
  const plain = { Bucket: 'plain' };
  before(async () => {
    edge = await startInProcessServices({ state });
    client = new S3Client({ ...edge.clientConfig, forcePathStyle: true });
    await bucketType(edge).create(properties, context);
    await client.send(new CreateBucketCommand(plain));
  });
  after(async () => {
    client.destroy();
    await edge.close();
  });

  const tagsOf = async (bucket: { Bucket: string }) => (await client.send(new GetBucketTaggingCommand(bucket))).TagSet;

  it('shows the versioning, encryption and tags of its template', async () => {
    assert.equal((await client.send(new GetBucketVersioningCommand(staging))).Status, 'Enabled');
    const { ServerSideEncryptionConfiguration } = await client.send(new GetBucketEncryptionCommand(staging));
    assert.deepEqual(ServerSideEncryptionConfiguration?.Rules, [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'key-1' },
        BucketKeyEnabled: true,
      },
    ]);
    assert.deepEqual(await tagsOf(staging), [
      { Key: 'team', Value: 'shop' },
      { Key: 'aws-cdk:auto-delete-objects', Value: 'true' },
    ]);
  });

  it('is encrypted by S3, without versions and tags, unless that is said', async () => {
    assert.equal((await client.send(new GetBucketVersioningCommand(plain))).Status, undefined);
    const { ServerSideEncryptionConfiguration } = await client.send(new GetBucketEncryptionCommand(plain));
    assert.deepEqual(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault, {
      SSEAlgorithm: 'AES256',
    });
    await assert.rejects(tagsOf(plain), { name: 'NoSuchTagSet' });
  });

  it('takes tags by the API, and loses them', async () => {
    const TagSet = [
      { Key: 'a', Value: '1 < 2' },
      { Key: 'b', Value: '' },
    ];
    await client.send(new PutBucketTaggingCommand({ ...plain, Tagging: { TagSet } }));
    assert.deepEqual(await tagsOf(plain), TagSet);
    const twice = [TagSet[0], TagSet[0]].filter((tag) => tag !== undefined);
    await assert.rejects(client.send(new PutBucketTaggingCommand({ ...plain, Tagging: { TagSet: twice } })), {
      name: 'InvalidTag',
    });
    await client.send(new DeleteBucketTaggingCommand(plain));
    await assert.rejects(tagsOf(plain), { name: 'NoSuchTagSet' });
  });

  it('loses its attributes with its deletion', async () => {
    const short = { Bucket: 'short-lived' };
    await client.send(new CreateBucketCommand(short));
    await client.send(new PutBucketTaggingCommand({ ...short, Tagging: { TagSet: [{ Key: 'a', Value: '1' }] } }));
    await client.send(new DeleteBucketCommand(short));
    await client.send(new CreateBucketCommand(short));
    await assert.rejects(tagsOf(short), { name: 'NoSuchTagSet' });
  });

  it('lists the current version of each object, page by page', async () => {
    for (const Key of ['in/a & b', 'in/c', 'other/d']) {
      await client.send(new PutObjectCommand({ ...staging, Key, Body: Key }));
    }
    const first = await client.send(new ListObjectVersionsCommand({ ...staging, MaxKeys: 2 }));
    assert.deepEqual(
      first.Versions?.map(({ Key, VersionId, IsLatest, Size }) => [Key, VersionId, IsLatest, Size]),
      [
        ['in/a & b', 'null', true, 8],
        ['in/c', 'null', true, 4],
      ],
    );
    assert.equal(first.IsTruncated, true);
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = first;
    const second = await client.send(new ListObjectVersionsCommand({ ...staging, KeyMarker, VersionIdMarker }));
    assert.deepEqual([second.Versions?.map(({ Key }) => Key), second.IsTruncated], [['other/d'], false]);
    const folders = await client.send(new ListObjectVersionsCommand({ ...staging, Delimiter: '/' }));
    assert.deepEqual(
      folders.CommonPrefixes?.map(({ Prefix }) => Prefix),
      ['in/', 'other/'],
    );
    const encoded = await client.send(
      new ListObjectVersionsCommand({ ...staging, Prefix: 'in/a', EncodingType: 'url' }),
    );
    assert.equal(encoded.Versions?.[0]?.Key, 'in/a+%26+b');
  });

  it('knows an object by its only version, and refuses others', async () => {
    const object = { ...staging, Key: 'versioned' };
    await client.send(new PutObjectCommand({ ...object, Body: 'now' }));
    const read = await client.send(new GetObjectCommand({ ...object, VersionId: 'null' }));
    assert.equal(await read.Body?.transformToString(), 'now');
    const Objects = [{ Key: object.Key, VersionId: 'aBcD' }];
    for (const attempt of [
      () => client.send(new GetObjectCommand({ ...object, VersionId: 'aBcD' })),
      () => client.send(new DeleteObjectCommand({ ...object, VersionId: 'aBcD' })),
      () => client.send(new DeleteObjectsCommand({ ...staging, Delete: { Objects } })),
    ]) {
      await assert.rejects(attempt(), { name: 'InvalidArgument', message: 'Invalid version id specified' });
    }
    await client.send(
      new DeleteObjectsCommand({ ...staging, Delete: { Objects: [{ Key: object.Key, VersionId: 'null' }] } }),
    );
    await assert.rejects(client.send(new GetObjectCommand(object)), { name: 'NoSuchKey' });
  });

  it('is not made to keep versions by the API', async () => {
    const versioning = { ...plain, VersioningConfiguration: { Status: 'Enabled' as const } };
    await assert.rejects(client.send(new PutBucketVersioningCommand(versioning)), { name: 'NotImplemented' });
  });

  it('shows what an update of its template says', async () => {
    const type = bucketType(edge);
    const given = { BucketName: 'updated', VersioningConfiguration: { Status: 'Enabled' } };
    const created = await type.create(given, context);
    await type.update(
      { BucketName: 'updated', VersioningConfiguration: { Status: 'Suspended' } },
      { properties: given, state: created },
      context,
    );
    assert.equal((await client.send(new GetBucketVersioningCommand({ Bucket: 'updated' }))).Status, 'Suspended');
    assert.deepEqual(await tagsOf({ Bucket: 'updated' }), [{ Key: 'team', Value: 'shop' }]);
  });

  it('keeps its attributes over a restart', async () => {
    const restarted = await startInProcessServices({ state });
    const other = new S3Client({ ...restarted.clientConfig, forcePathStyle: true });
    // The state of this test has no folder, so that it keeps attributes and no buckets.
    await other.send(new CreateBucketCommand(staging));
    assert.equal((await other.send(new GetBucketVersioningCommand(staging))).Status, 'Enabled');
    other.destroy();
    await restarted.close();
  });
});
