import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';
import { defineResource, type ResourceContext, type ResourceType } from '../core/resource-type.ts';
import {
  type GlobalTableProperties,
  globalTableProperties,
  type ReadCapacity,
  type WriteCapacity,
} from './global-table-properties.ts';
import { withoutUndefined } from './without-undefined.ts';

/**
 * `AWS::DynamoDB::GlobalTable` with one replica, in the region of the stack: a table.
 *
 * @param table the type `AWS::DynamoDB::Table`
 */
export function globalTableResource(table: ResourceType): ResourceType {
  return defineResource({
    type: 'AWS::DynamoDB::GlobalTable',
    properties: globalTableProperties,
    replaceOn: ['TableName', 'KeySchema', 'LocalSecondaryIndexes'],
    create: (given, context) => table.create(replicaTable(given, context), context),
    update: (given, { properties, state }, context) =>
      table.update(replicaTable(given, context), { properties: replicaTable(properties, context), state }, context),
    delete: (state, given, context) => table.delete(state, replicaTable(given, context), context),
  });
}

/** The properties of the table that is the only replica. @throws AwsError ValidationError for one in another region */
function replicaTable(given: GlobalTableProperties, { region }: ResourceContext): JsonObject {
  const replica = given.Replicas.find(({ Region }) => Region === region);
  if (replica === undefined) {
    throw new AwsError(
      'ValidationError',
      `The local endpoint has no replication: the only replica must be in ${region}, the region of the stack.`,
    );
  }
  const { StreamSpecification: stream, GlobalSecondaryIndexes: indexes } = given;
  return withoutUndefined({
    TableName: given.TableName,
    AttributeDefinitions: given.AttributeDefinitions,
    KeySchema: given.KeySchema,
    BillingMode: given.BillingMode,
    ProvisionedThroughput: throughput(
      replica.ReadProvisionedThroughputSettings,
      given.WriteProvisionedThroughputSettings,
    ),
    GlobalSecondaryIndexes: indexes?.map((index) => {
      const { IndexName, KeySchema, Projection, WriteProvisionedThroughputSettings: write } = index;
      const ofReplica = replica.GlobalSecondaryIndexes?.find((other) => other.IndexName === IndexName);
      const ProvisionedThroughput = throughput(ofReplica?.ReadProvisionedThroughputSettings, write);
      return { IndexName, KeySchema, Projection, ProvisionedThroughput };
    }),
    LocalSecondaryIndexes: given.LocalSecondaryIndexes,
    StreamSpecification: stream && { ...stream, ResourcePolicy: replica.ReplicaStreamSpecification?.ResourcePolicy },
    TimeToLiveSpecification: given.TimeToLiveSpecification,
    PointInTimeRecoverySpecification: replica.PointInTimeRecoverySpecification,
    SSESpecification: given.SSESpecification && { ...given.SSESpecification, ...replica.SSESpecification },
    DeletionProtectionEnabled: replica.DeletionProtectionEnabled,
    TableClass: replica.TableClass,
    ResourcePolicy: replica.ResourcePolicy,
    Tags: replica.Tags,
  });
}

/** Capacity is never exhausted here, so that auto scaling stays at its minimum. A table refuses one without the other. */
function throughput(read: ReadCapacity, write: WriteCapacity): object | undefined {
  const reads = read?.ReadCapacityUnits ?? read?.ReadCapacityAutoScalingSettings?.MinCapacity;
  const writes = write?.WriteCapacityUnits ?? write?.WriteCapacityAutoScalingSettings?.MinCapacity;
  return reads === undefined && writes === undefined
    ? undefined
    : { ReadCapacityUnits: reads, WriteCapacityUnits: writes };
}
