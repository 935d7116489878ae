import { createServer } from 'node:http';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, DynamoDBStreamsClient, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import { streamReader } from '#test/support/stream-reader.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { type FailedBatch, fetchRecords } from './failed-batch.ts';

const region = 'us-east-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

const engine = await startDynamoDbEngine();

describe('the records of a failed batch', () => {
  const client = new DynamoDBStreamsClient({ endpoint: engine.endpoint, region, credentials });
  afterAll(async () => {
    client.destroy();
    await engine[Symbol.asyncDispose]();
  });
  let sequenceNumbers: readonly string[];
  let batch: FailedBatch;

  beforeAll(async () => {
    const TableName = await createTemplateTable(engine.endpoint, 'services/friends/table.yml', 'FriendsTable');
    const table = new DynamoDBClient({ endpoint: engine.endpoint, region, credentials });
    for (const friend of ['a', 'b', 'c', 'd', 'e']) {
      const Item = { player_id: { S: 'ann' }, friend_id: { S: friend }, picture: { B: Buffer.from([255, 0]) } };
      await table.send(new PutItemCommand({ TableName, Item }));
    }
    table.destroy();
    const reader = await streamReader(engine.endpoint, TableName);
    sequenceNumbers = (await reader.read()).map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '');
    reader.close();
    const { Streams } = await client.send(new ListStreamsCommand({ TableName }));
    const streamArn = Streams?.[0]?.StreamArn ?? '';
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    batch = {
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      streamArn,
      shardId: StreamDescription?.Shards?.[0]?.ShardId ?? '',
      startSequenceNumber: sequenceNumbers[1] ?? '',
      endSequenceNumber: sequenceNumbers[3] ?? '',
      approximateArrivalOfFirstRecord: '2026-01-01T00:00:00Z',
      batchSize: 3,
    };
  });

  it('are those from the first to the last, as Lambda would hand them over', async () => {
    const records = (await fetchRecords(client, batch)) ?? [];
    expect(records.map(({ dynamodb }) => dynamodb?.NewImage)).toStrictEqual(
      ['b', 'c', 'd'].map((friend) => ({ player_id: { S: 'ann' }, friend_id: { S: friend }, picture: { B: '/wA=' } })),
    );
    for (const { eventName, eventSourceARN, dynamodb } of records) {
      expect([eventName, eventSourceARN]).toStrictEqual(['INSERT', batch.streamArn]);
      expect(Number.isInteger(dynamodb?.ApproximateCreationDateTime)).toBe(true);
    }
  });

  it('are gone with their shard', async () => {
    expect(await fetchRecords(client, { ...batch, shardId: 'shardId-00000000000000000000-00000000' })).toBeUndefined();
  });

  it('are gone when the stream was trimmed', async () => {
    const server = createServer((_, response) => {
      const __type = 'com.amazonaws.dynamodb.v20120810#TrimmedDataAccessException';
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify({ __type }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const trimmed = new DynamoDBStreamsClient({ endpoint, region, credentials });
    expect(await fetchRecords(trimmed, batch)).toBeUndefined();
    trimmed.destroy();
    server.close();
  });
});
