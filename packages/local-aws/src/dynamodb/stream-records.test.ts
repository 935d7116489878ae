import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type ShardIteratorType,
} from '@aws-sdk/client-dynamodb-streams';
import { ManualClock } from '../core/clock.ts';
import { until } from '../testing/until.ts';
import { startDynamoDbEdge, type TestEdge } from './dynamodb-edge.fixture.ts';

describe('DynamoDB Streams', () => {
  const clock = new ManualClock();
  let edge: TestEdge;
  let client: DynamoDBClient;
  let streams: DynamoDBStreamsClient;

  before(async () => {
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
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    return TableDescription?.LatestStreamArn ?? '';
  }

  const put = (TableName: string, id: string, attributes: Record<string, { N: string }> = {}) =>
    client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, ...attributes } }));

  async function iterator(StreamArn: string, type: ShardIteratorType, SequenceNumber?: string) {
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: type, SequenceNumber }),
    );
    return ShardIterator;
  }

  async function read(StreamArn: string) {
    const { Records = [] } = await streams.send(
      new GetRecordsCommand({ ShardIterator: await iterator(StreamArn, 'TRIM_HORIZON') }),
    );
    return Records;
  }

  it('lists a stream with one open shard', async () => {
    const arn = await createTable('shards');
    assert.match(arn, /^arn:aws:dynamodb:us-east-1:000000000000:table\/shards\/stream\//);
    const { Streams } = await streams.send(new ListStreamsCommand({ TableName: 'shards' }));
    assert.deepEqual(
      Streams?.map(({ StreamArn }) => StreamArn),
      [arn],
    );
    await put('shards', '1');
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: arn }));
    assert.equal(StreamDescription?.StreamStatus, 'ENABLED');
    assert.equal(StreamDescription?.Shards?.length, 1);
    assert.equal(StreamDescription?.Shards?.[0]?.SequenceNumberRange?.EndingSequenceNumber, undefined);
  });

  it('records inserts, changes and removals in order with both images', async () => {
    const arn = await createTable('changes');
    await put('changes', 'a', { n: { N: '1' } });
    await put('changes', 'a', { n: { N: '2' } });
    await put('changes', 'a', { n: { N: '2' } });
    await client.send(new DeleteItemCommand({ TableName: 'changes', Key: { id: { S: 'a' } } }));
    const records = await read(arn);
    const [one, two] = ['1', '2'].map((N) => ({ id: { S: 'a' }, n: { N } }));
    assert.deepEqual(
      records.map(({ eventName, dynamodb }) => [eventName, dynamodb?.OldImage, dynamodb?.NewImage]),
      [
        ['INSERT', undefined, one],
        ['MODIFY', one, two],
        ['REMOVE', two, undefined],
      ],
      'a write that changes nothing makes no record',
    );
    const [first] = records;
    assert.equal(first?.awsRegion, 'us-east-1');
    assert.equal(first?.eventSource, 'aws:dynamodb');
    assert.equal(first?.eventVersion, '1.1');
    assert.deepEqual(first?.dynamodb?.Keys, { id: { S: 'a' } });
    assert.equal(first?.userIdentity, undefined);
  });

  it('gives records of different tables different event ids, and the same one at every reading', async () => {
    const arns = [await createTable('ids-one'), await createTable('ids-two')];
    await put('ids-one', '1');
    await put('ids-two', '1');
    const ids = await Promise.all(
      [...arns, ...arns].map(async (arn) => (await read(arn)).map(({ eventID }) => eventID).join()),
    );
    assert.equal(new Set(ids).size, 2);
  });

  it('pages from every kind of position', async () => {
    const arn = await createTable('paging');
    const latest = await iterator(arn, 'LATEST');
    for (let n = 1; n <= 12; n += 1) await put('paging', String(n));
    const ids = async (ShardIterator: string | undefined, Limit: number) => {
      const page = await streams.send(new GetRecordsCommand({ ShardIterator, Limit }));
      return { next: page.NextShardIterator, ids: page.Records?.map(({ dynamodb }) => dynamodb?.Keys?.id?.S) };
    };
    assert.deepEqual((await ids(latest, 1)).ids, ['1']);
    const first = await ids(await iterator(arn, 'TRIM_HORIZON'), 9);
    assert.deepEqual(first.ids, ['1', '2', '3', '4', '5', '6', '7', '8', '9']);
    const second = await ids(first.next, 9);
    assert.deepEqual(second.ids, ['10', '11', '12']);
    assert.deepEqual((await ids(second.next, 9)).ids, []);

    const numbers = (await read(arn)).map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '');
    assert.deepEqual(numbers, numbers.toSorted(), 'sequence numbers sort as text');
    assert.deepEqual((await ids(await iterator(arn, 'AT_SEQUENCE_NUMBER', numbers[10]), 1)).ids, ['11']);
    assert.deepEqual((await ids(await iterator(arn, 'AFTER_SEQUENCE_NUMBER', numbers[10]), 1)).ids, ['12']);
  });

  it('removes items whose time is over, in the name of DynamoDB', async () => {
    const arn = await createTable('expiring');
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: 'expiring',
        TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
      }),
    );
    const second = Math.floor(clock.now() / 1000);
    await put('expiring', 'soon', { expires: { N: String(second + 30) } });
    await put('expiring', 'later', { expires: { N: String(second + 3600) } });
    await put('expiring', 'ancient', { expires: { N: '100' } });
    await put('expiring', 'never');
    await clock.advance(60_000);
    const removals = async () => (await read(arn)).filter(({ eventName }) => eventName === 'REMOVE');
    await until('the removal', async () => (await removals())[0]?.userIdentity !== undefined);
    assert.deepEqual(
      (await removals()).map(({ dynamodb, userIdentity }) => [dynamodb?.Keys?.id?.S, userIdentity]),
      [['soon', { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' }]],
    );
  });
});
