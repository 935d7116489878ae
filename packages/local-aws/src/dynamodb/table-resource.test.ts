import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
} from '@aws-sdk/client-dynamodb';
import type { JsonObject } from '../core/json.ts';
import type { ResourceContext, ResourceType } from '../core/resource-type.ts';
import { startDynamoDbEdge, type TestEdge } from './dynamodb-edge.fixture.ts';

describe('AWS::DynamoDB::Table', () => {
  let edge: TestEdge;
  let client: DynamoDBClient;
  let table: ResourceType;
  const context: ResourceContext = {
    stackName: 'orders-local',
    stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/orders-local/1',
    logicalId: 'OrdersTable',
    region: 'us-east-1',
    tags: { STAGE: 'local' },
  };
  const index = (IndexName: string, attribute: string): JsonObject => ({
    IndexName,
    KeySchema: [{ AttributeName: attribute, KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
  });
  const keys = {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  };
  const withAttributes = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));

  before(async () => {
    edge = await startDynamoDbEdge();
    client = new DynamoDBClient(edge.clientConfig);
    const [type] = edge.dynamoDb.resourceTypes;
    assert.ok(type);
    table = type;
  });
  after(async () => {
    client.destroy();
    await edge.close();
  });

  const describeTable = async (TableName: string) => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    assert.ok(Table);
    return Table;
  };

  it('makes a table with all that it was given', async () => {
    const state = await table.create(
      {
        ...keys,
        TableName: 'everything',
        AttributeDefinitions: withAttributes('id', 'sort', 'other'),
        KeySchema: [...keys.KeySchema, { AttributeName: 'sort', KeyType: 'RANGE' }],
        GlobalSecondaryIndexes: [index('by-other', 'other')],
        LocalSecondaryIndexes: [
          {
            IndexName: 'local',
            KeySchema: [
              { AttributeName: 'id', KeyType: 'HASH' },
              { AttributeName: 'other', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        TimeToLiveSpecification: { AttributeName: 'expires', Enabled: 'true' },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        DeletionProtectionEnabled: 'true',
        TableClass: 'STANDARD_INFREQUENT_ACCESS',
        Tags: [{ Key: 'team', Value: 7 }],
      },
      context,
    );
    const described = await describeTable('everything');
    assert.equal(state.physicalId, 'everything');
    assert.deepEqual(state.attributes, { Arn: described.TableArn, StreamArn: described.LatestStreamArn });
    assert.equal(described.StreamSpecification?.StreamViewType, 'NEW_AND_OLD_IMAGES');
    assert.equal(described.GlobalSecondaryIndexes?.[0]?.IndexName, 'by-other');
    assert.equal(described.LocalSecondaryIndexes?.[0]?.IndexName, 'local');
    assert.equal(described.DeletionProtectionEnabled, true);
    assert.equal(described.TableClassSummary?.TableClass, 'STANDARD_INFREQUENT_ACCESS');
    const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: 'everything' }));
    assert.deepEqual(ttl.TimeToLiveDescription, { AttributeName: 'expires', TimeToLiveStatus: 'ENABLED' });
    const backups = await client.send(new DescribeContinuousBackupsCommand({ TableName: 'everything' }));
    assert.equal(
      backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
      'ENABLED',
    );
    const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: described.TableArn }));
    assert.deepEqual(Tags, [
      { Key: 'STAGE', Value: 'local' },
      { Key: 'team', Value: '7' },
    ]);
    await assert.rejects(table.delete(state, keys, context), /protected against deletion/);
  });

  it('generates a name', async () => {
    const { physicalId } = await table.create(keys, context);
    assert.match(physicalId, /^orders-local-OrdersTable-[0-9A-Z]{12}$/);
  });

  it('adds and removes an index, a stream, tags and settings in place', async () => {
    const plain = { ...keys, TableName: 'changing', Tags: [{ Key: 'old', Value: '1' }] };
    const rich = {
      ...plain,
      AttributeDefinitions: withAttributes('id', 'other'),
      GlobalSecondaryIndexes: [index('by-other', 'other')],
      StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      Tags: [{ Key: 'new', Value: '2' }],
    };
    const created = await table.create(plain, context);
    assert.equal(table.needsReplacement(plain, rich), false);
    const updated = await table.update(rich, { properties: plain, state: created }, context);
    const described = await describeTable('changing');
    assert.equal(described.GlobalSecondaryIndexes?.length, 1);
    assert.equal(updated.attributes.StreamArn, described.LatestStreamArn);
    const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: described.TableArn }));
    assert.deepEqual(Tags, [
      { Key: 'STAGE', Value: 'local' },
      { Key: 'new', Value: '2' },
    ]);
    const back = await table.update(plain, { properties: rich, state: updated }, context);
    assert.equal(back.attributes.StreamArn, undefined);
    assert.equal((await describeTable('changing')).GlobalSecondaryIndexes, undefined);
    const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: 'changing' }));
    assert.equal(ttl.TimeToLiveDescription?.TimeToLiveStatus, 'DISABLED');
  });

  it('refuses to make two indexes in one update, as CloudFormation does', async () => {
    const plain = { ...keys, TableName: 'two-indexes' };
    const state = await table.create(plain, context);
    const next = {
      ...plain,
      AttributeDefinitions: withAttributes('id', 'a', 'b'),
      GlobalSecondaryIndexes: [index('by-a', 'a'), index('by-b', 'b')],
    };
    await assert.rejects(
      table.update(next, { properties: plain, state }, context),
      /Cannot perform more than one GSI creation or deletion in a single update/,
    );
  });

  it('goes back from an update that failed, wherever that stopped', async () => {
    const plain = { ...keys, TableName: 'taken-back', StreamSpecification: { StreamViewType: 'KEYS_ONLY' } };
    const state = await table.create(plain, context);
    const failing = [
      { AttributeDefinitions: withAttributes('id', 'a', 'b'), indexes: [index('by-a', 'a'), index('by-b', 'b')] },
      { AttributeDefinitions: withAttributes('id'), indexes: [index('by-a', 'a')] },
    ].map(({ AttributeDefinitions, indexes }) => ({
      ...plain,
      AttributeDefinitions,
      GlobalSecondaryIndexes: indexes,
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    }));
    const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 0 };
    for (const next of [...failing, { ...plain, BillingMode: 'PROVISIONED', ProvisionedThroughput }]) {
      await assert.rejects(table.update(next, { properties: plain, state }, context));
      const restored = await table.update(plain, { properties: next, state }, context);
      assert.deepEqual(restored, state);
    }
  });

  it('is replaced when its name or keys change', () => {
    assert.equal(table.needsReplacement(keys, { ...keys, TableName: 'other' }), true);
    assert.equal(table.needsReplacement(keys, { ...keys, KeySchema: [] }), true);
    assert.equal(table.needsReplacement(keys, { ...keys, BillingMode: 'PROVISIONED' }), false);
  });

  it('names what it does not support', () => {
    assert.throws(
      () => table.validate({ ...keys, KinesisStreamSpecification: { StreamArn: 'arn' } }, 'OrdersTable'),
      /OrdersTable \(AWS::DynamoDB::Table\): unsupported property KinesisStreamSpecification/,
    );
  });

  it('leaves no table behind when it cannot be made whole', async () => {
    const properties = {
      ...keys,
      TableName: 'half-made',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 99 },
    };
    await assert.rejects(table.create(properties, context), /RecoveryPeriodInDays/);
    await assert.rejects(describeTable('half-made'), { name: 'ResourceNotFoundException' });
  });

  it('deletes a table that is already gone', async () => {
    const state = await table.create({ ...keys, TableName: 'goner' }, context);
    await table.delete(state, keys, context);
    await table.delete(state, keys, context);
  });

  it('goes from on-demand to provisioned throughput and back, indexes included', async () => {
    const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: '6' };
    const onDemand = {
      ...keys,
      TableName: 'billing',
      AttributeDefinitions: withAttributes('id', 'other'),
      GlobalSecondaryIndexes: [index('by-other', 'other')],
    };
    const provisioned = {
      ...onDemand,
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput,
      GlobalSecondaryIndexes: [{ ...index('by-other', 'other'), ProvisionedThroughput }],
    };
    const state = await table.create(onDemand, context);
    const update = (next: JsonObject, properties: JsonObject) => table.update(next, { properties, state }, context);
    const { GlobalSecondaryIndexes: _, ...withoutIndex } = provisioned;
    await assert.rejects(
      update({ ...withoutIndex, GlobalSecondaryIndexes: onDemand.GlobalSecondaryIndexes }, onDemand),
      { message: /ProvisionedThroughput must be specified for index: by-other/ },
    );
    await update(provisioned, onDemand);
    const { ProvisionedThroughput: units } = await describeTable('billing');
    assert.deepEqual([units?.ReadCapacityUnits, units?.WriteCapacityUnits], [5, 6]);

    const more = { ReadCapacityUnits: 9, WriteCapacityUnits: 6 };
    const larger = {
      ...provisioned,
      GlobalSecondaryIndexes: [{ ...index('by-other', 'other'), ProvisionedThroughput: more }],
    };
    await update(larger, provisioned);
    await update({ ...larger, ProvisionedThroughput: more }, larger);
    assert.equal((await describeTable('billing')).ProvisionedThroughput?.ReadCapacityUnits, 9);

    await update(onDemand, { ...larger, ProvisionedThroughput: more });
    assert.equal((await describeTable('billing')).BillingModeSummary?.BillingMode, 'PAY_PER_REQUEST');
  });

  it('asks for the throughput of every index of a provisioned table', async () => {
    const ProvisionedThroughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
    const { BillingMode: _, ...properties } = { ...keys, ProvisionedThroughput };
    await assert.rejects(
      table.create(
        {
          ...properties,
          AttributeDefinitions: withAttributes('id', 'other'),
          GlobalSecondaryIndexes: [index('by-other', 'other')],
        },
        context,
      ),
      { message: /ProvisionedThroughput must be specified for index: by-other/ },
    );
  });
});
