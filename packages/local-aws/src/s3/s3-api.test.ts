import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { ResourceContext, ResourceType } from '../core/resource-type.ts';
import { type InProcessServices, startInProcessServices } from '../edge/in-process-services.fixture.ts';

describe('the S3 API', () => {
  let edge: InProcessServices;
  let client: S3Client;
  const Bucket = 'deployments';

  before(async () => {
    edge = await startInProcessServices();
    client = new S3Client({ ...edge.clientConfig, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket }));
  });
  after(async () => {
    client.destroy();
    await edge.close();
  });

  const keys = async (prefix: string) => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }));
    return Contents.map(({ Key }) => Key);
  };

  it('keeps an object with its metadata', async () => {
    const Key = 'serverless/tasks/local/a b+c&é.json';
    const put = { Bucket, Key, Body: '{"a":1}', ContentType: 'application/json', Metadata: { filesha256: 'abc=' } };
    await client.send(new PutObjectCommand(put));
    const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
    assert.deepEqual(head.Metadata, { filesha256: 'abc=' });
    assert.equal(head.ContentLength, 7);
    assert.equal(head.ContentType, 'application/json');
    const read = await client.send(new GetObjectCommand({ Bucket, Key }));
    assert.equal(await read.Body?.transformToString(), '{"a":1}');
    assert.deepEqual(await keys('serverless/tasks/'), [Key]);
    assert.equal(String(await edge.s3.getObject(Bucket, Key)), '{"a":1}');
  });

  it('puts a multipart upload together', async () => {
    const Key = 'multipart.zip';
    const parts = [randomBytes(5 * 1024 * 1024), randomBytes(2 * 1024 * 1024)];
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, Metadata: { filesha256: 'x' } }),
    );
    const uploaded = await Promise.all(
      parts.map((Body, index) =>
        client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: index + 1, Body })),
      ),
    );
    const Parts = uploaded.map(({ ETag }, index) => ({ ETag, PartNumber: index + 1 }));
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
    assert.equal(head.ContentLength, 7 * 1024 * 1024);
    assert.deepEqual(head.Metadata, { filesha256: 'x' });
    assert.ok(Buffer.concat(parts).equals(await edge.s3.getObject(Bucket, Key)));
  });

  it('takes a large object in one call', async () => {
    const Body = randomBytes(20 * 1024 * 1024);
    await client.send(new PutObjectCommand({ Bucket, Key: 'large', Body }));
    assert.ok(Body.equals(await edge.s3.getObject(Bucket, 'large')));
  });

  it('reads a range', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'range', Body: '0123456789' }));
    const read = await client.send(new GetObjectCommand({ Bucket, Key: 'range', Range: 'bytes=2-4' }));
    assert.equal(await read.Body?.transformToString(), '234');
    assert.equal(read.ContentRange, 'bytes 2-4/10');
  });

  it('lists in pages and by folder, copies, and deletes several at once', async () => {
    for (const Key of ['list/a', 'list/b', 'list/sub/c']) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    }
    const page = { Bucket, Prefix: 'list/', MaxKeys: 2 };
    const first = await client.send(new ListObjectsV2Command(page));
    assert.deepEqual([first.KeyCount, first.IsTruncated], [2, true]);
    const next = await client.send(
      new ListObjectsV2Command({ ...page, ContinuationToken: first.NextContinuationToken }),
    );
    assert.deepEqual(
      next.Contents?.map(({ Key }) => Key),
      ['list/sub/c'],
    );
    const folders = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', Delimiter: '/' }));
    assert.deepEqual(folders.CommonPrefixes, [{ Prefix: 'list/sub/' }]);

    await client.send(new CopyObjectCommand({ Bucket, Key: 'list/d', CopySource: `${Bucket}/list/a` }));
    const Objects = ['list/a', 'list/b', 'list/missing'].map((Key) => ({ Key }));
    const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    assert.equal(Deleted?.length, 3);
    assert.deepEqual(await keys('list/'), ['list/d', 'list/sub/c']);
  });

  it('lists a page after a common prefix without the keys in it, as recorded on AWS', async () => {
    const Prefix = 'folder/';
    for (const name of ['aSubfolder/subFile1', 'aSubfolder/subFile2', 'file1', 'file2']) {
      await client.send(new PutObjectCommand({ Bucket, Key: Prefix + name, Body: '-' }));
    }
    const page = { Bucket, Prefix, Delimiter: '/', MaxKeys: 1 };
    const seen: unknown[] = [];
    let ContinuationToken: string | undefined;
    do {
      const answer = await client.send(new ListObjectsV2Command({ ...page, ContinuationToken }));
      seen.push(...(answer.CommonPrefixes ?? []), ...(answer.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = answer.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    assert.deepEqual(seen, [{ Prefix: 'folder/aSubfolder/' }, 'folder/file1', 'folder/file2']);

    const { Contents, NextMarker } = await client.send(
      new ListObjectsCommand({ ...page, Marker: 'folder/aSubfolder/subFile1' }),
    );
    assert.deepEqual([Contents?.map(({ Key }) => Key), NextMarker], [['folder/file1'], 'folder/file1']);
    const undelimited = await client.send(new ListObjectsCommand({ Bucket, Prefix, MaxKeys: 1 }));
    assert.deepEqual([undelimited.IsTruncated, undelimited.NextMarker], [true, undefined]);
  });

  it('keeps keys apart that look like one path, and lists them in the order of their bytes', async () => {
    const names = ['B', 'a', 'a.data/b', 'a/', 'a//b', 'a/b', 'é', '\ufffd', '😀', `x${'x'.repeat(300)}`].toSorted(
      (left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)),
    );
    for (const name of names.toReversed()) {
      await client.send(new PutObjectCommand({ Bucket, Key: `apart/${name}`, Body: name }));
    }
    assert.deepEqual(
      await keys('apart/'),
      names.map((name) => `apart/${name}`),
    );
    for (const name of names) assert.equal(String(await edge.s3.getObject(Bucket, `apart/${name}`)), name);
  });

  it('encodes keys of a listing when asked to', async () => {
    const Key = 'coded/date=2026-03-01/a b*~\u0001';
    await client.send(new PutObjectCommand({ Bucket, Key, Body: '-' }));
    const listing = { Bucket, Prefix: 'coded/' };
    const { Contents } = await client.send(new ListObjectsV2Command({ ...listing, EncodingType: 'url' }));
    assert.deepEqual(
      Contents?.map((object) => object.Key),
      ['coded/date%3D2026-03-01/a+b*%7E%01'],
    );
    const answer = await fetch(`${edge.url}/${Bucket}?prefix=coded/`);
    assert.match(await answer.text(), /<Key>coded\/date=2026-03-01\/a b\*~&#x1;<\/Key>/);
  });

  it('refuses listings that make no sense', async () => {
    const list = (query: object) => client.send(new ListObjectsV2Command({ Bucket, ...query }));
    await assert.rejects(list({ ContinuationToken: 'nonsense' }), {
      name: 'InvalidArgument',
      message: 'The continuation token provided is incorrect',
    });
    await assert.rejects(list({ EncodingType: 'value' }), { message: 'Invalid Encoding Method specified in Request' });
    await assert.rejects(list({ MaxKeys: -1 }), {
      message: 'Provided max-keys not an integer or within integer range',
    });
    const { Contents, IsTruncated } = await list({ MaxKeys: 0 });
    assert.deepEqual([Contents, IsTruncated], [undefined, false]);
  });

  it('refuses keys that are too long, and those that it cannot tell apart', async () => {
    const put = (Key: string) => client.send(new PutObjectCommand({ Bucket, Key, Body: '-' }));
    await assert.rejects(put('é'.repeat(513)), { name: 'KeyTooLongError', message: 'Your key is too long' });
    await put('é'.repeat(512));
    for (const key of ['.', './a', 'a/./b']) await assert.rejects(put(key), { name: 'NotImplemented' });
  });

  it('knows what is not there', async () => {
    await assert.rejects(client.send(new GetObjectCommand({ Bucket, Key: 'nothing' })), NoSuchKey);
    await assert.rejects(client.send(new HeadObjectCommand({ Bucket, Key: 'nothing' })), { name: 'NotFound' });
    await assert.rejects(client.send(new HeadBucketCommand({ Bucket: 'nothing' })), { name: 'NotFound' });
    await assert.rejects(client.send(new PutObjectCommand({ Bucket: 'nothing', Key: 'k', Body: '-' })), {
      name: 'NoSuchBucket',
    });
    await assert.rejects(edge.s3.getObject(Bucket, 'nothing'), { code: 'NoSuchKey' });
    await assert.rejects(edge.s3.getObject('nothing', 'nothing'), { code: 'NoSuchBucket' });
  });

  it('deletes buckets that are empty', async () => {
    await client.send(new CreateBucketCommand({ Bucket: 'short-lived' }));
    await client.send(new PutObjectCommand({ Bucket: 'short-lived', Key: 'k', Body: '-' }));
    const remove = new DeleteBucketCommand({ Bucket: 'short-lived' });
    await assert.rejects(client.send(remove), { name: 'BucketNotEmpty' });
    await client.send(new DeleteObjectsCommand({ Bucket: 'short-lived', Delete: { Objects: [{ Key: 'k' }] } }));
    await client.send(remove);
    const { Buckets } = await client.send(new ListBucketsCommand());
    assert.deepEqual(
      Buckets?.map(({ Name }) => Name),
      [Bucket],
    );
  });

  it('tells and keeps settings of a bucket, and names those that it does not support', async () => {
    assert.equal((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint, undefined);
    await assert.rejects(client.send(new GetBucketPolicyCommand({ Bucket })), { name: 'NoSuchBucketPolicy' });
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    assert.equal((await client.send(new GetBucketPolicyCommand({ Bucket }))).Policy, Policy);
    await assert.rejects(client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [] } })), {
      name: 'NotImplemented',
      message: /PUT \?cors of an S3 bucket/,
    });
  });

  it('serves buckets by host name', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'by-host', Body: 'x' }));
    const answer = await edge.s3.api({
      requestId: '1',
      service: 's3',
      region: 'us-east-1',
      principal: { kind: 'account', arn: '' },
      method: 'GET',
      path: '/by-host',
      query: new URLSearchParams(),
      headers: { host: `${Bucket}.s3.localhost.localstack.cloud:4566` },
      body: Buffer.alloc(0),
    });
    assert.deepEqual([answer.status, String(answer.body)], [200, 'x']);
  });

  it('answers nonsense with a 4xx', async () => {
    for (const [method, path, body] of [
      ['PUT', '/deployments/a/%2e%2e/%2E%2E/b', 'x'],
      ['PUT', '/deployments/%2e%2e%2fb', 'x'],
      ['PUT', '/deployments/%ff', 'x'],
      ['GET', '/deployments/large?uploadId=1', undefined],
      ['POST', '/deployments/k?uploadId=nothing', '<x/>'],
      ['PUT', '/deployments/k?uploadId=nothing&partNumber=1', 'x'],
      ['POST', '/deployments/k', 'x'],
      ['POST', '/', 'Action=Nonsense'],
      ['PATCH', '/deployments/k', 'x'],
      ['PUT', '/UPPER', undefined],
      ['GET', '/deployments?acl', undefined],
    ] as const) {
      const response = await fetch(edge.url + path, { method, ...(body === undefined ? {} : { body }) });
      const text = await response.text();
      assert.ok(response.status >= 400 && response.status < 500, `${method} ${path}: ${response.status} ${text}`);
    }
  });
});

describe('AWS::S3::Bucket', () => {
  const context: ResourceContext = {
    stackName: 'tasks-local',
    stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/tasks-local/1',
    logicalId: 'ServerlessDeploymentBucket',
    region: 'us-east-1',
    tags: {},
  };
  let edge: InProcessServices;
  const type = (name: string): ResourceType => {
    const found = edge.resourceTypes.find((candidate) => candidate.type === name);
    assert.ok(found);
    return found;
  };
  before(async () => {
    edge = await startInProcessServices();
  });
  after(() => edge.close());

  it('makes the deployment bucket of the Serverless Framework, and does not delete it while it is full', async () => {
    const properties = {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    };
    const bucket = type('AWS::S3::Bucket');
    const state = await bucket.create(properties, context);
    assert.match(state.physicalId, /^tasks-local-serverlessdeploymentbucket-[0-9a-z]{12}$/);
    assert.equal(state.attributes.Arn, `arn:aws:s3:::${state.physicalId}`);
    const policy = type('AWS::S3::BucketPolicy');
    const document = { Statement: [] };
    await policy.create({ Bucket: state.physicalId, PolicyDocument: document }, context);

    const client = new S3Client({ ...edge.clientConfig, forcePathStyle: true });
    const where = { Bucket: state.physicalId, Key: 'k' };
    assert.deepEqual(
      JSON.parse((await client.send(new GetBucketPolicyCommand({ Bucket: state.physicalId }))).Policy ?? ''),
      document,
    );
    await client.send(new PutObjectCommand({ ...where, Body: '-' }));
    await assert.rejects(bucket.delete(state, properties, context), /not empty/);
    await client.send(new DeleteObjectsCommand({ Bucket: where.Bucket, Delete: { Objects: [{ Key: 'k' }] } }));
    await bucket.delete(state, properties, context);
    await bucket.delete(state, properties, context);
    client.destroy();
  });

  it('names what it does not support', () => {
    const bucket = type('AWS::S3::Bucket');
    assert.throws(
      () => bucket.validate({ CorsConfiguration: {}, WebsiteConfiguration: {} }, 'Site'),
      /unsupported properties CorsConfiguration, WebsiteConfiguration/,
    );
  });
});
