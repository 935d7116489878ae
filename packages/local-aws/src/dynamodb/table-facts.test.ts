import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { StateStore } from '../core/state-store.ts';
import { openStateStore } from '../state/sqlite-state-store.ts';
import { startDynamoDbEdge } from './dynamodb-edge.fixture.ts';

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/things';

test('partition keys and streams of tables are known, across changes and a restart', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'table-facts-'));
  t.after(() => rm(directory, { recursive: true }));
  const open = async (state: StateStore) => {
    const edge = await startDynamoDbEdge({ state });
    const client = new DynamoDBClient(edge.clientConfig);
    const streams = new DynamoDBStreamsClient(edge.clientConfig);
    return {
      facts: edge.dynamoDb.facts,
      client,
      async iteratorOf(StreamArn: string | undefined): Promise<string> {
        const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
        const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
        const input = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
        return (await streams.send(new GetShardIteratorCommand(input))).ShardIterator ?? '';
      },
      async close() {
        client.destroy();
        streams.destroy();
        await edge.close();
      },
    };
  };

  const state = openStateStore(directory);
  const first = await open(state);
  await first.client.send(
    new CreateTableCommand({
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'owner', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byOwner',
          KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  const { facts } = first;
  assert.equal(facts.hashKey(table, undefined), 'id');
  assert.equal(facts.hashKey(table, 'byOwner'), 'owner');
  assert.equal(facts.hashKey(table, 'byNothing'), undefined);
  assert.equal(facts.hashKey(`${table}-2`, undefined), undefined);

  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } as const;
  const { TableDescription } = await first.client.send(
    new UpdateTableCommand({ TableName: 'things', StreamSpecification }),
  );
  const streamArn = TableDescription?.LatestStreamArn;
  assert.match(streamArn ?? '', /table\/things\/stream\//);
  const iterator = await first.iteratorOf(streamArn);
  assert.equal(facts.streamOfIterator(iterator, 'us-east-1'), streamArn);
  assert.equal(facts.streamOfIterator('no iterator', 'us-east-1'), undefined);
  await first.close();
  await state.close();

  const second = await open(openStateStore(directory));
  assert.equal(second.facts.hashKey(table, 'byOwner'), 'owner');
  assert.equal(second.facts.streamOfIterator(iterator, 'us-east-1'), streamArn);
  await second.client.send(new DeleteTableCommand({ TableName: 'things' }));
  assert.equal(second.facts.hashKey(table, undefined), undefined);
  assert.equal(second.facts.streamOfIterator(iterator, 'us-east-1'), undefined);
  await second.close();
});
