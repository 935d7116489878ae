import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
} from '@aws-sdk/client-dynamodb';
import type { JsonObject } from '../core/json.ts';
import type { ResourceContext, ResourceType } from '../core/resource-type.ts';
import { startDynamoDbEdge, type TestEdge } from './dynamodb-edge.fixture.ts';

describe('AWS::DynamoDB::GlobalTable', () => {
  let edge: TestEdge;
  let client: DynamoDBClient;
  let globalTable: ResourceType;
  const context: ResourceContext = {
    stackName: 'shop',
    stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/shop/1',
    logicalId: 'Orders',
    region: 'us-east-1',
    tags: { team: 'shop' },
  };
  const index = (IndexName: string): JsonObject => ({
    IndexName,
    KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
  });
  /** As the CDK's TableV2 writes it. */
  const table = (TableName: string, more: JsonObject = {}): JsonObject => ({
    TableName,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    Replicas: [{ Region: 'us-east-1' }],
    ...more,
  });
  const withIndex = (TableName: string, more: JsonObject = {}): JsonObject =>
    table(TableName, {
      AttributeDefinitions: ['id', 'customer'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: [index('byCustomer')],
      ...more,
    });

  before(async () => {
    edge = await startDynamoDbEdge();
    client = new DynamoDBClient(edge.clientConfig);
    const found = edge.dynamoDb.resourceTypes.find(({ type }) => type === 'AWS::DynamoDB::GlobalTable');
    assert.ok(found);
    globalTable = found;
  });
  after(async () => {
    client.destroy();
    await edge.close();
  });

  const described = async (TableName: string) => (await client.send(new DescribeTableCommand({ TableName }))).Table;

  it('is a table with indexes, stream, time to live, tags and what its replica says', async () => {
    const state = await globalTable.create(
      withIndex('whole', {
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
        Replicas: [
          {
            Region: 'us-east-1',
            DeletionProtectionEnabled: true,
            TableClass: 'STANDARD_INFREQUENT_ACCESS',
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
            Tags: [{ Key: 'own', Value: '1' }],
            GlobalSecondaryIndexes: [{ IndexName: 'byCustomer' }],
          },
        ],
      }),
      context,
    );
    const present = await described('whole');
    assert.deepEqual(state, {
      physicalId: 'whole',
      attributes: { Arn: present?.TableArn, StreamArn: present?.LatestStreamArn },
    });
    assert.equal(present?.DeletionProtectionEnabled, true);
    assert.equal(present.TableClassSummary?.TableClass, 'STANDARD_INFREQUENT_ACCESS');
    assert.deepEqual(
      present.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName),
      ['byCustomer'],
    );
    assert.equal(present.StreamSpecification?.StreamViewType, 'NEW_AND_OLD_IMAGES');
    const timeToLive = await client.send(new DescribeTimeToLiveCommand({ TableName: 'whole' }));
    assert.equal(timeToLive.TimeToLiveDescription?.AttributeName, 'expires');
    const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: present.TableArn }));
    assert.deepEqual(
      new Map(Tags?.map(({ Key, Value }) => [Key, Value])),
      new Map([
        ['team', 'shop'],
        ['own', '1'],
      ]),
    );
  });

  it('has the least capacity of its scaling', async () => {
    const scaling = (unit: 'Read' | 'Write', MinCapacity: number) => ({
      [`${unit}CapacityAutoScalingSettings`]: {
        MinCapacity,
        MaxCapacity: 50,
        TargetTrackingScalingPolicyConfiguration: { TargetValue: 70 },
      },
    });
    await globalTable.create(
      withIndex('provisioned', {
        BillingMode: 'PROVISIONED',
        WriteProvisionedThroughputSettings: scaling('Write', 2),
        GlobalSecondaryIndexes: [{ ...index('byCustomer'), WriteProvisionedThroughputSettings: scaling('Write', 4) }],
        Replicas: [
          {
            Region: 'us-east-1',
            ReadProvisionedThroughputSettings: { ReadCapacityUnits: 3 },
            GlobalSecondaryIndexes: [
              { IndexName: 'byCustomer', ReadProvisionedThroughputSettings: scaling('Read', 5) },
            ],
          },
        ],
      }),
      context,
    );
    const present = await described('provisioned');
    const { ReadCapacityUnits, WriteCapacityUnits } = present?.ProvisionedThroughput ?? {};
    assert.deepEqual([ReadCapacityUnits, WriteCapacityUnits], [3, 2]);
    const ofIndex = present?.GlobalSecondaryIndexes?.[0]?.ProvisionedThroughput;
    assert.deepEqual([ofIndex?.ReadCapacityUnits, ofIndex?.WriteCapacityUnits], [5, 4]);
  });

  it('is encrypted with the key of its replica', async () => {
    const encrypted = (SSEEnabled: boolean): JsonObject => ({
      SSESpecification: { SSEEnabled, SSEType: 'KMS' },
      Replicas: [{ Region: 'us-east-1', SSESpecification: { KMSMasterKeyId: 'alias/orders' } }],
    });
    await globalTable.create(table('encrypted', encrypted(true)), context);
    const { SSEDescription } = (await described('encrypted')) ?? {};
    assert.deepEqual([SSEDescription?.SSEType, SSEDescription?.KMSMasterKeyArn], ['KMS', 'alias/orders']);
    assert.throws(
      () => globalTable.validate(table('plain', encrypted(false)), 'Orders'),
      /Replicas\.0\.SSESpecification: a key needs an SSESpecification of the table with SSEEnabled/,
    );
  });

  it('refuses settings of a replica for what the table does not have', () => {
    const refused: readonly (readonly [JsonObject, RegExp])[] = [
      [{ GlobalSecondaryIndexes: [{ IndexName: 'byDate' }] }, /the table has no global secondary index byDate/],
      [{ ReplicaStreamSpecification: {} }, /the table has no StreamSpecification/],
    ];
    for (const [settings, message] of refused) {
      const properties = withIndex('partial', { Replicas: [{ Region: 'us-east-1', ...settings }] });
      assert.throws(() => globalTable.validate(properties, 'Orders'), message);
    }
  });

  it('is updated in place and deleted', async () => {
    const before = table('changing');
    const next = withIndex('changing');
    const state = await globalTable.create(before, context);
    assert.equal(globalTable.needsReplacement(before, next), false);
    await globalTable.update(next, { properties: before, state }, context);
    assert.equal((await described('changing'))?.GlobalSecondaryIndexes?.length, 1);
    await globalTable.delete(state, next, context);
    await assert.rejects(described('changing'), { name: 'ResourceNotFoundException' });
  });

  it('is refused with replicas in other regions', async () => {
    const replicas = (...regions: string[]) => ({ Replicas: regions.map((Region) => ({ Region })) });
    for (const regions of [[], ['us-east-1', 'eu-west-1']]) {
      assert.throws(
        () => globalTable.validate(table('many', replicas(...regions)), 'Orders'),
        /Replicas: the local endpoint has no replication: exactly one replica is supported/,
      );
    }
    await assert.rejects(
      globalTable.create(table('elsewhere', replicas('eu-west-1')), context),
      /the only replica must be in us-east-1, the region of the stack/,
    );
    assert.throws(
      () => globalTable.validate(table('strong', { MultiRegionConsistency: 'STRONG' }), 'Orders'),
      /unsupported property MultiRegionConsistency/,
    );
  });
});
