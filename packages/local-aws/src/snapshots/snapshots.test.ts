import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CreateTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type EndpointOptions, startEndpoint } from '../endpoint.ts';

async function startWithData(options: EndpointOptions) {
  const endpoint = await startEndpoint({ console: false, onError: (error) => assert.fail(String(error)), ...options });
  const dynamoDb = new DynamoDBClient(endpoint.clientConfig);
  const sqs = new SQSClient(endpoint.clientConfig);
  const s3 = new S3Client({ ...endpoint.clientConfig, forcePathStyle: true });
  await dynamoDb.send(
    new CreateTableCommand({
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
  await s3.send(new CreateBucketCommand({ Bucket: 'files' }));
  const put = (id: string) => dynamoDb.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: id } } }));
  const write = async (name: string): Promise<void> => {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: name }));
    await s3.send(new PutObjectCommand({ Bucket: 'files', Key: 'a/b.txt', Body: name, ContentType: 'text/x-name' }));
  };
  const post = (path: string) =>
    fetch(`${endpoint.url}/_local/api/snapshots${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
  return {
    endpoint,
    put,
    write,
    post,
    purge: () => sqs.send(new PurgeQueueCommand({ QueueUrl })),
    ids: async () => {
      const { Items = [] } = await dynamoDb.send(new ScanCommand({ TableName: 'things' }));
      return Items.map(({ id }) => id?.S ?? '').sort();
    },
    messages: async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
      );
      return Messages.map(({ Body }) => Body);
    },
    object: async () => {
      const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket: 'files', Key: 'a/b.txt' }));
      return [await Body?.transformToString(), ContentType];
    },
  };
}

test('items, messages and objects come back as they were saved', async (t) => {
  const { endpoint, put, write, post, ids, messages, object, purge } = await startWithData({});
  t.after(() => endpoint.close());
  for (let number = 0; number < 60; number += 1) await put(`old-${number}`);
  await write('old');
  const saved = await post('/before');
  assert.equal(saved.status, 200);
  const before = await ids();
  await put('new');
  await purge();
  await write('new');

  assert.equal((await post('/before/load')).status, 204);
  assert.deepEqual(await ids(), before);
  assert.deepEqual(await messages(), ['old']);
  assert.deepEqual(await object(), ['old', 'text/x-name']);

  const listed = await (await fetch(`${endpoint.url}/_local/api/snapshots`)).text();
  assert.match(listed, /^\{"snapshots":\[\{"name":"before",/);
});

test('a snapshot in a folder outlives the endpoint, and one that is damaged changes nothing', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'snapshots-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const first = await startWithData({ snapshots: folder });
  await first.put('kept');
  assert.equal((await first.post('/kept')).status, 200);
  await first.endpoint.close();

  const second = await startWithData({ snapshots: folder });
  t.after(() => second.endpoint.close());
  await second.put('other');
  writeFileSync(join(folder, 'damaged.snapshot.gz'), 'x');
  assert.equal((await second.post('/damaged/load')).status, 409);
  assert.deepEqual(await second.ids(), ['other']);
  assert.equal((await second.post('/kept/load')).status, 204);
  assert.deepEqual(await second.ids(), ['kept']);
});

test('names that are no names of files are refused', async (t) => {
  const { endpoint, post } = await startWithData({});
  t.after(() => endpoint.close());
  for (const name of ['..%2Fx', '.hidden', 'a%20b', 'x'.repeat(65)]) {
    assert.equal((await post(`/${name}`)).status, 400, name);
  }
  assert.equal((await post('/unknown/load')).status, 404);
  const gone = await fetch(`${endpoint.url}/_local/api/snapshots/unknown`, { method: 'DELETE' });
  assert.equal(gone.status, 404);
});
