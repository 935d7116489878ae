import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  GetResourcePolicyCommand,
  LimitExceededException,
  ListTagsOfResourceCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
  QueryCommand,
  TagResourceCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { startDynamoDbEdge, type TestEdge } from './dynamodb-edge.fixture.ts';

describe('the DynamoDB API', () => {
  let edge: TestEdge;
  let client: DynamoDBClient;
  const table = 'items';
  const tableArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/items';

  before(async () => {
    edge = await startDynamoDbEdge();
    client = new DynamoDBClient(edge.clientConfig);
    await client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
          { AttributeName: 'kind', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'by-kind',
            KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] },
          },
        ],
        Tags: [{ Key: 'team', Value: 'a' }],
      }),
    );
  });
  after(async () => {
    client.destroy();
    await edge.close();
  });

  it('names tables and indexes in the region and account of the caller', async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    assert.equal(Table?.TableArn, tableArn);
    assert.equal(Table?.GlobalSecondaryIndexes?.[0]?.IndexArn, `${tableArn}/index/by-kind`);
  });

  it('takes the ARN of a table for its name', async () => {
    const Key = { pk: { S: 'arn' }, sk: { S: `${tableArn}/not-a-name` } };
    await client.send(new PutItemCommand({ TableName: tableArn, Item: Key }));
    assert.deepEqual((await client.send(new GetItemCommand({ TableName: tableArn, Key }))).Item, Key);
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [{ Put: { TableName: tableArn, Item: { ...Key, n: { N: '1' } } } }],
      }),
    );
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key }));
    assert.deepEqual(Item, { ...Key, n: { N: '1' } });
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableArn }));
    assert.equal(Table?.TableName, table);
  });

  it('keeps 38 digits, empty strings, sets and binary values', async () => {
    const Item = {
      pk: { S: 'types' },
      sk: { S: '1' },
      number: { N: '1234567890123456789012345678901234567.8' },
      empty: { S: '' },
      bytes: { B: Uint8Array.of(0, 1, 255) },
      names: { SS: ['b', 'a'] },
      nested: { M: { list: { L: [{ NULL: true as const }, { BOOL: false }] } } },
    };
    await client.send(new PutItemCommand({ TableName: table, Item }));
    const read = await client.send(
      new GetItemCommand({ TableName: table, Key: { pk: Item.pk, sk: Item.sk }, ConsistentRead: true }),
    );
    assert.deepEqual(read.Item, Item);
  });

  it('tells which item a failed condition met', async () => {
    const Item = { pk: { S: 'condition' }, sk: { S: '1' }, state: { S: 'old' } };
    await client.send(new PutItemCommand({ TableName: table, Item }));
    const put = new PutItemCommand({
      TableName: table,
      Item: { ...Item, state: { S: 'new' } },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await assert.rejects(client.send(put), (error) => {
      assert.ok(error instanceof ConditionalCheckFailedException);
      assert.deepEqual(error.Item, Item);
      return true;
    });
  });

  it('cancels a transaction with a reason for each action', async () => {
    const Item = { pk: { S: 'transaction' }, sk: { S: '1' } };
    await client.send(new PutItemCommand({ TableName: table, Item }));
    const write = new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName: table, Item: { pk: { S: 'transaction' }, sk: { S: '2' } } } },
        {
          Put: {
            TableName: table,
            Item,
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
      ],
    });
    await assert.rejects(client.send(write), (error) => {
      assert.ok(error instanceof TransactionCanceledException);
      assert.deepEqual(error.CancellationReasons, [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Item, Message: 'The conditional request failed' },
      ]);
      return true;
    });
    const second = await client.send(
      new GetItemCommand({ TableName: table, Key: { pk: { S: 'transaction' }, sk: { S: '2' } } }),
    );
    assert.equal(second.Item, undefined);
  });

  it('applies a transaction once for one client request token', async () => {
    const Key = { pk: { S: 'token' }, sk: { S: '1' } };
    const write = new TransactWriteItemsCommand({
      ClientRequestToken: 'once',
      TransactItems: [
        {
          Update: {
            TableName: table,
            Key,
            UpdateExpression: 'ADD n :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
      ],
    });
    await client.send(write);
    await client.send(write);
    assert.equal((await client.send(new GetItemCommand({ TableName: table, Key }))).Item?.n?.N, '1');
  });

  it('says that a transaction is too long without printing it', async () => {
    const write = new TransactWriteItemsCommand({
      TransactItems: Array.from({ length: 101 }, (_, index) => ({
        Put: { TableName: table, Item: { pk: { S: 'many' }, sk: { S: String(index) } } },
      })),
    });
    await assert.rejects(client.send(write), {
      name: 'ValidationException',
      message: /^1 validation error detected: Value '\[\.\.\.\]' at 'transactItems' .* less than or equal to 100/,
    });
  });

  it('pages a query backwards, limit before filter', async () => {
    for (const sk of ['1', '2', '3', '4', '5']) {
      await client.send(
        new PutItemCommand({ TableName: table, Item: { pk: { S: 'page' }, sk: { S: sk }, v: { N: sk } } }),
      );
    }
    const query = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      FilterExpression: 'v <> :four',
      ProjectionExpression: 'sk',
      ExpressionAttributeValues: { ':pk': { S: 'page' }, ':four': { N: '4' } },
      ScanIndexForward: false,
      Limit: 2,
    };
    const first = await client.send(new QueryCommand(query));
    assert.deepEqual(first.Items, [{ sk: { S: '5' } }]);
    assert.equal(first.ScannedCount, 2);
    assert.deepEqual(first.LastEvaluatedKey, { pk: { S: 'page' }, sk: { S: '4' } });
    const next = await client.send(new QueryCommand({ ...query, ExclusiveStartKey: first.LastEvaluatedKey }));
    assert.deepEqual(next.Items, [{ sk: { S: '3' } }, { sk: { S: '2' } }]);
  });

  it('projects what an index includes', async () => {
    const Item = { pk: { S: 'i' }, sk: { S: '1' }, kind: { S: 'book' }, title: { S: 't' }, body: { S: 'b' } };
    await client.send(new PutItemCommand({ TableName: table, Item }));
    const { Items } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'by-kind',
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': { S: 'book' } },
      }),
    );
    const { body: _notProjected, ...projected } = Item;
    assert.deepEqual(Items, [projected]);
  });

  it('refuses keys and items that are too large', async () => {
    const put = (pk: string, body: string) =>
      client.send(new PutItemCommand({ TableName: table, Item: { pk: { S: pk }, sk: { S: '1' }, body: { S: body } } }));
    await assert.rejects(put('k'.repeat(2049), ''), { name: 'ValidationException', message: /2048 bytes/ });
    await assert.rejects(put('k', 'x'.repeat(400 * 1024)), {
      name: 'ValidationException',
      message: 'Item size has exceeded the maximum allowed size',
    });
  });

  it('reports what a call consumed', async () => {
    const { ConsumedCapacity } = await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: 'capacity' }, sk: { S: '1' } },
        UpdateExpression: 'SET a = :a',
        ExpressionAttributeValues: { ':a': { N: '1' } },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    assert.deepEqual(ConsumedCapacity, { TableName: table, CapacityUnits: 1 });
  });

  it('tags tables by their ARN', async () => {
    await client.send(new TagResourceCommand({ ResourceArn: tableArn, Tags: [{ Key: 'stage', Value: 'local' }] }));
    const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: tableArn }));
    assert.deepEqual(Tags, [
      { Key: 'stage', Value: 'local' },
      { Key: 'team', Value: 'a' },
    ]);
  });

  it('keeps point-in-time recovery', async () => {
    const before = await client.send(new DescribeContinuousBackupsCommand({ TableName: table }));
    const status = before.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
    assert.equal(status, 'DISABLED');
    await client.send(
      new UpdateContinuousBackupsCommand({
        TableName: table,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    const { ContinuousBackupsDescription } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName: table }),
    );
    assert.equal(ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus, 'ENABLED');
    assert.equal(ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.RecoveryPeriodInDays, 35);
    await assert.rejects(client.send(new DescribeContinuousBackupsCommand({ TableName: 'nothing' })), {
      name: 'TableNotFoundException',
    });
  });

  it('keeps a resource policy', async () => {
    const read = new GetResourcePolicyCommand({ ResourceArn: tableArn });
    await assert.rejects(client.send(read), { name: 'PolicyNotFoundException' });
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await client.send(new PutResourcePolicyCommand({ ResourceArn: tableArn, Policy }));
    assert.equal((await client.send(read)).Policy, Policy);
  });

  it('refuses to turn time to live on twice', async () => {
    const update = new UpdateTimeToLiveCommand({
      TableName: table,
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
    });
    await client.send(update);
    await assert.rejects(client.send(update), {
      name: 'ValidationException',
      message: 'TimeToLive is already enabled',
    });
  });

  it('wants the throughput of a table that is not paid per request', async () => {
    const input = {
      TableName: 'provisioned',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' as const }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' as const }],
    };
    await assert.rejects(client.send(new CreateTableCommand(input)), {
      name: 'ValidationException',
      message: /ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED/,
    });
  });

  it('makes one index at a time', async () => {
    const create = (IndexName: string) => ({
      Create: {
        IndexName,
        KeySchema: [{ AttributeName: 'sk', KeyType: 'HASH' as const }],
        Projection: { ProjectionType: 'ALL' as const },
      },
    });
    const AttributeDefinitions = [{ AttributeName: 'sk', AttributeType: 'S' as const }];
    const update = new UpdateTableCommand({
      TableName: table,
      AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [create('one'), create('two')],
    });
    await assert.rejects(client.send(update), LimitExceededException);
  });

  it('does not delete a protected table', async () => {
    await client.send(new UpdateTableCommand({ TableName: table, DeletionProtectionEnabled: true }));
    await assert.rejects(client.send(new DeleteTableCommand({ TableName: table })), {
      name: 'ValidationException',
      message: /protected against deletion/,
    });
    await client.send(new UpdateTableCommand({ TableName: table, DeletionProtectionEnabled: false }));
  });

  it('answers nonsense with a 4xx that says what is wrong', async () => {
    const post = (target: string, body: string) =>
      fetch(edge.url, { method: 'POST', body, headers: { 'x-amz-target': target } });
    const deep = `{"TableName":${'['.repeat(1e5)}${']'.repeat(1e5)}}`;
    for (const [target, body] of [
      ['DynamoDB_20120810.DescribeTable', '{'],
      ['DynamoDB_20120810.UpdateTimeToLive', '[]'],
      ['DynamoDB_20120810.UpdateTimeToLive', '{"TableName":5}'],
      ['DynamoDB_20120810.UpdateContinuousBackups', '{}'],
      ['DynamoDB_20120810.PutResourcePolicy', '{"ResourceArn":"x","Policy":"{}"}'],
      ['DynamoDB_20120810.PutItem', '{"TableName":"items","Item":7}'],
      ['DynamoDBStreams_20120810.GetRecords', '{"ShardIterator":"bm9wZQ=="}'],
      ['DynamoDBStreams_20120810.DescribeStream', '{"StreamArn":"x"}'],
      ['DynamoDB_20120810.ExportTableToPointInTime', '{}'],
      ...['DynamoDB_20120810.ListTables', 'DynamoDB_20120810.CreateTable', 'DynamoDBStreams_20120810.ListStreams'].map(
        (target) => [target, deep] as const,
      ),
    ] as const) {
      const response = await post(target, body);
      const what = `${target} ${body.slice(0, 80)}`;
      assert.equal(response.status, 400, what);
      assert.match(await response.text(), /"__type":"[^"]*(Exception|UnsupportedOperation)"/, what);
    }
  });
});
