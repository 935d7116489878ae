import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type ShardIteratorType,
} from '@aws-sdk/client-dynamodb-streams';
import { ManualClock } from '../core/clock.ts';
import { until } from '../testing/until.ts';
import { startDynamoDbEdge, type TestEdge } from './dynamodb-edge.fixture.ts';

const hour = 3600 * 1000;

describe('the history of a stream', () => {
  let clock: ManualClock;
  let edge: TestEdge;
  let client: DynamoDBClient;
  let streams: DynamoDBStreamsClient;

  before(async () => {
    // The engine dates its records with the time of the machine.
    clock = new ManualClock(Date.now());
    edge = await startDynamoDbEdge({ clock });
    client = new DynamoDBClient(edge.clientConfig);
    streams = new DynamoDBStreamsClient(edge.clientConfig);
  });
  after(async () => {
    client.destroy();
    streams.destroy();
    await edge.close();
  });

  async function createTable(TableName: string): Promise<string> {
    const { TableDescription } = await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      }),
    );
    return TableDescription?.LatestStreamArn ?? '';
  }

  async function put(TableName: string, ...ids: string[]): Promise<void> {
    for (const id of ids) await client.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
  }

  async function putMany(TableName: string, batches: number): Promise<void> {
    for (let batch = 0; batch < batches; batch += 1) {
      const puts = Array.from({ length: 25 }, (_, n) => ({ PutRequest: { Item: { id: { S: `${batch}-${n}` } } } }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }));
    }
  }

  async function read(StreamArn: string, type: ShardIteratorType = 'TRIM_HORIZON', SequenceNumber?: string) {
    const ShardId = `shardId-00000001-${StreamArn.split('/')[1]}`;
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: type, SequenceNumber }),
    );
    const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
    return Records.map(({ dynamodb }) => ({ id: dynamodb?.Keys?.id?.S, number: dynamodb?.SequenceNumber ?? '' }));
  }

  const ids = async (...position: Parameters<typeof read>) => (await read(...position)).map(({ id }) => id);

  it('is kept for 24 hours, then trimmed to the newest record, from which the numbers go on', async () => {
    const arn = await createTable('trimmed');
    await put('trimmed', 'a', 'b', 'c');
    const before = await read(arn);
    await clock.advance(23 * hour);
    assert.deepEqual(await ids(arn), ['a', 'b', 'c']);

    await clock.advance(2 * hour);
    await until('the trim', async () => (await ids(arn)).length < 3);
    assert.deepEqual(await ids(arn), ['c']);
    await put('trimmed', 'd');
    const [, d] = await read(arn);
    assert.equal(Number(d?.number), Number(before[2]?.number) + 1);

    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: arn }));
    const range = StreamDescription?.Shards?.[0]?.SequenceNumberRange;
    assert.deepEqual(range, { StartingSequenceNumber: before[2]?.number });
    assert.deepEqual(await ids(arn, 'AFTER_SEQUENCE_NUMBER', before[1]?.number), ['c', 'd'], 'nothing is missing');
    for (const [type, number] of [
      ['AFTER_SEQUENCE_NUMBER', before[0]?.number],
      ['AT_SEQUENCE_NUMBER', before[1]?.number],
    ] as const) {
      await assert.rejects(read(arn, type, number), { name: 'TrimmedDataAccessException' });
    }
  });

  it('is trimmed beyond the rows of one statement', async () => {
    const arn = await createTable('long');
    await putMany('long', 50);
    await put('long', 'last');
    await clock.advance(26 * hour);
    await until('the trim', async () => (await ids(arn)).length === 1);
    assert.deepEqual(await ids(arn), ['last']);
  });

  it('ends with its table: the stream of the next table of that name starts empty', async () => {
    await createTable('again');
    await putMany('again', 25);
    await client.send(new DeleteTableCommand({ TableName: 'again' }));
    const arn = await createTable('again');
    assert.deepEqual(await ids(arn), []);
    await put('again', 'new');
    assert.deepEqual(await ids(arn), ['new']);
  });

  it('ends with the stream: the next stream of the table starts empty', async () => {
    const first = await createTable('switched');
    await put('switched', 'old');
    const stream = (StreamSpecification: { StreamEnabled: boolean; StreamViewType?: 'KEYS_ONLY' }) =>
      client.send(new UpdateTableCommand({ TableName: 'switched', StreamSpecification }));
    await stream({ StreamEnabled: false });
    await put('switched', 'unseen');
    const { TableDescription } = await stream({ StreamEnabled: true, StreamViewType: 'KEYS_ONLY' });
    const second = TableDescription?.LatestStreamArn ?? '';
    await put('switched', 'new');
    assert.deepEqual(await ids(second), ['new']);
    await assert.rejects(read(first), { name: 'ResourceNotFoundException', message: new RegExp(first) });
  });
});
