import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ManualClock } from '../core/clock.ts';
import { startDynamoDbEdge, type TestEdge } from '../dynamodb/dynamodb-edge.fixture.ts';
import { Limits } from './limits.ts';

/** 10 writes and 30 reads a second for each partition. */
const divisor = 100;
const kilobyte = 1024;
const arnOf = (path: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${path}`;

describe('the capacity of a partition', () => {
  const clock = new ManualClock();
  const limits = new Limits(clock, divisor);
  let edge: TestEdge;
  let client: DynamoDBClient;

  before(async () => {
    edge = await startDynamoDbEdge({ clock, limits });
    client = new DynamoDBClient(edge.clientConfig);
    const attributes = (...names: string[]) =>
      names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
    const AttributeDefinitions = attributes('pk', 'sk');
    const KeySchema = [
      { AttributeName: 'pk', KeyType: 'HASH' as const },
      { AttributeName: 'sk', KeyType: 'RANGE' as const },
    ];
    const table = { AttributeDefinitions, KeySchema, BillingMode: 'PAY_PER_REQUEST' as const };
    await client.send(new CreateTableCommand({ TableName: 'plain', ...table }));
    await client.send(
      new CreateTableCommand({
        TableName: 'indexed',
        ...table,
        AttributeDefinitions: attributes('pk', 'sk', 'state'),
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byState',
            KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] },
          },
        ],
      }),
    );
    const ProvisionedThroughput = { ReadCapacityUnits: 1_000, WriteCapacityUnits: 1_000 };
    await client.send(
      new CreateTableCommand({ TableName: 'provisioned', AttributeDefinitions, KeySchema, ProvisionedThroughput }),
    );
  });
  beforeEach(() => clock.advance(3_600_000));
  after(async () => {
    client.destroy();
    await edge.close();
  });

  const itemOf = (pk: string, sk: string, kilobytes = 0, more: Record<string, AttributeValue> = {}) => ({
    pk: { S: pk },
    sk: { S: sk },
    body: { S: 'x'.repeat(Math.max(0, kilobytes * kilobyte - 100)) },
    ...more,
  });
  const put = (TableName: string, ...item: Parameters<typeof itemOf>) =>
    client.send(new PutItemCommand({ TableName, Item: itemOf(...item) }));
  const get = (TableName: string, pk: string, sk: string) =>
    client.send(new GetItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true }));

  it('throttles writes under a hot key until the rate has paid for them, and none under other keys', async () => {
    await put('plain', 'hot', '1', 15);
    await assert.rejects(put('plain', 'hot', '2'), (error: Error) => {
      assert.equal(error.name, 'ThrottlingException');
      assert.match(error.message, /^Throughput exceeds the current capacity of your table or index\./);
      assert.deepEqual(Reflect.get(error, 'throttlingReasons'), [
        { reason: 'TableWriteKeyRangeThroughputExceeded', resource: arnOf('plain') },
      ]);
      return true;
    });
    await put('plain', 'cool', '1');
    await get('plain', 'hot', '1');
    await clock.advance(600);
    await put('plain', 'hot', '2');
  });

  it('counts reads by 4 KB, half for those that may be stale, and as a query for what it reads', async () => {
    await put('plain', 'read', '1', 60);
    await clock.advance(60_000);
    const query = () =>
      client.send(
        new QueryCommand({
          TableName: 'plain',
          KeyConditionExpression: '#pk = :pk',
          ExpressionAttributeNames: { '#pk': 'pk' },
          ExpressionAttributeValues: { ':pk': { S: 'read' } },
        }),
      );
    const used = () =>
      limits.usages().find(({ quota, resource }) => quota === 'partitionReads' && / read$/.test(resource));
    await query();
    assert.equal(used()?.used, 7.5);
    await get('plain', 'read', '1');
    await get('plain', 'read', '1');
    await assert.rejects(query(), { name: 'ThrottlingException' });
    await put('plain', 'read', '2').catch(() => assert.fail('writes have capacity of their own'));
  });

  it('of an index holds up writes to its table', async () => {
    const title = { title: { S: 'x'.repeat(12 * kilobyte) } };
    await put('indexed', 'a', '1', 0, { state: { S: 'OPEN' }, ...title });
    await assert.rejects(put('indexed', 'b', '1', 0, { state: { S: 'OPEN' } }), {
      name: 'ThrottlingException',
      message: /^Throughput exceeds the current capacity for one or more global secondary indexes\./,
      throttlingReasons: [{ reason: 'IndexWriteKeyRangeThroughputExceeded', resource: arnOf('indexed/index/byState') }],
    });
    await put('indexed', 'b', '1', 0, { state: { S: 'DONE' } });
  });

  it('of an index does not hold up an update that leaves the index as it is', async () => {
    const update = (name: string) =>
      client.send(
        new UpdateItemCommand({
          TableName: 'indexed',
          Key: { pk: { S: 'updated' }, sk: { S: '1' } },
          UpdateExpression: 'SET #name = :value',
          ExpressionAttributeNames: { '#name': name },
          ExpressionAttributeValues: { ':value': { S: 'x' } },
        }),
      );
    await put('indexed', 'updated', '1', 0, { state: { S: 'BUSY' } });
    await put('indexed', 'large', '1', 0, { state: { S: 'BUSY' }, title: { S: 'x'.repeat(12 * kilobyte) } });
    await update('note');
    await assert.rejects(update('title'), { name: 'ThrottlingException' });
  });

  it('is charged to the partition of an index to which an update moves an item', async () => {
    await put('indexed', 'moved', '1', 0, { state: { S: 'FROM' } });
    await client.send(
      new UpdateItemCommand({
        TableName: 'indexed',
        Key: { pk: { S: 'moved' }, sk: { S: '1' } },
        UpdateExpression: 'SET #state = :to',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':to': { S: 'TO' } },
      }),
    );
    const used = limits.usages().find(({ resource }) => resource.endsWith('byState TO'));
    assert.equal(used?.used, 1);
  });

  it('is used twice by a transaction, which is cancelled when one of its items has none', async () => {
    const transact = () =>
      client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName: 'plain', Item: itemOf('other', '1') } },
            { Put: { TableName: 'plain', Item: itemOf('transacted', '1', 6) } },
          ],
        }),
      );
    await transact();
    await assert.rejects(transact(), (error: Error) => {
      assert.equal(error.name, 'TransactionCanceledException');
      const reasons: unknown = Reflect.get(error, 'CancellationReasons');
      assert.deepEqual(Array.isArray(reasons) && reasons.map(({ Code }) => Code), ['None', 'ThrottlingError']);
      return true;
    });
  });

  it('leaves the items of a batch unprocessed that have none', async () => {
    await put('plain', 'full', '1', 15);
    const requests = ['full', 'free'].map((pk) => ({ PutRequest: { Item: itemOf(pk, '9') } }));
    const written = await client.send(new BatchWriteItemCommand({ RequestItems: { plain: requests } }));
    assert.deepEqual(written.UnprocessedItems, { plain: requests.slice(0, 1) });
    const Keys = ['full', 'free'].map((pk) => ({ pk: { S: pk }, sk: { S: '9' } }));
    const read = await client.send(new BatchGetItemCommand({ RequestItems: { plain: { Keys } } }));
    assert.deepEqual([read.Responses?.plain?.length, read.UnprocessedKeys], [1, {}]);
    await assert.rejects(client.send(new BatchWriteItemCommand({ RequestItems: { plain: requests.slice(0, 1) } })), {
      name: 'ThrottlingException',
    });
  });

  it('is used by a write whose condition does not hold', async () => {
    const refused = () =>
      client.send(
        new PutItemCommand({
          TableName: 'plain',
          Item: itemOf('kept', '1'),
          ConditionExpression: 'attribute_exists(pk)',
        }),
      );
    for (let write = 0; write < 10; write += 1)
      await assert.rejects(refused(), { name: 'ConditionalCheckFailedException' });
    await assert.rejects(refused(), { name: 'ThrottlingException' });
  });

  it('of a table with provisioned capacity has its own error', async () => {
    await put('provisioned', 'hot', '1', 15);
    await assert.rejects(put('provisioned', 'hot', '2'), {
      name: 'ProvisionedThroughputExceededException',
      message: /^The level of configured provisioned throughput for the table was exceeded\./,
      ThrottlingReasons: [{ reason: 'TableWriteKeyRangeThroughputExceeded', resource: arnOf('provisioned') }],
    });
  });

  it('is in the answer if the caller asked for it, as the caller asked', async () => {
    const consumed = async (ReturnConsumedCapacity: 'NONE' | 'TOTAL' | 'INDEXES') => {
      const command = new PutItemCommand({ TableName: 'plain', Item: itemOf('told', '1'), ReturnConsumedCapacity });
      return (await client.send(command)).ConsumedCapacity;
    };
    assert.equal(await consumed('NONE'), undefined);
    assert.deepEqual(await consumed('TOTAL'), { TableName: 'plain', CapacityUnits: 1 });
    assert.deepEqual(await consumed('INDEXES'), { TableName: 'plain', CapacityUnits: 1, Table: { CapacityUnits: 1 } });
  });
});
