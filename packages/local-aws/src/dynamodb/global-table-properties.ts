import * as z from 'zod';
import { property } from '../core/resource-type.ts';
import { tableProperties } from './table-properties.ts';

const { inert, integer, kept } = property;
const table = tableProperties.shape;

const scaling = z.strictObject({
  MinCapacity: integer(),
  MaxCapacity: integer(),
  SeedCapacity: integer().optional(),
  TargetTrackingScalingPolicyConfiguration: inert(),
});
/** The capacity that reads have, fixed or scaled. */
const readSettings = kept(
  z
    .strictObject({ ReadCapacityUnits: integer().optional(), ReadCapacityAutoScalingSettings: scaling.optional() })
    .optional(),
);
const writeSettings = kept(
  z
    .strictObject({ WriteCapacityUnits: integer().optional(), WriteCapacityAutoScalingSettings: scaling.optional() })
    .optional(),
);

const globalIndex = table.GlobalSecondaryIndexes.unwrap()
  .element.omit({ ProvisionedThroughput: true, ContributorInsightsSpecification: true, OnDemandThroughput: true })
  .extend({ WriteProvisionedThroughputSettings: writeSettings, WriteOnDemandThroughputSettings: inert() });

const replicaIndex = z.strictObject({
  IndexName: z.string(),
  ReadProvisionedThroughputSettings: readSettings,
  ContributorInsightsSpecification: inert(),
  ReadOnDemandThroughputSettings: inert(),
});

/** Left out, and so refused: KinesisStreamSpecification and GlobalTableSettingsReplicationMode. */
const replica = z.strictObject({
  Region: z.string(),
  GlobalSecondaryIndexes: z.array(replicaIndex).optional(),
  PointInTimeRecoverySpecification: table.PointInTimeRecoverySpecification,
  DeletionProtectionEnabled: table.DeletionProtectionEnabled,
  TableClass: table.TableClass,
  ResourcePolicy: table.ResourcePolicy,
  ReplicaStreamSpecification: z.strictObject({ ResourcePolicy: table.ResourcePolicy }).optional(),
  Tags: table.Tags,
  ReadProvisionedThroughputSettings: readSettings,
  ContributorInsightsSpecification: inert(),
  ReadOnDemandThroughputSettings: inert(),
  SSESpecification: z.strictObject({ KMSMasterKeyId: z.string() }).optional(),
});

const properties = z.strictObject({
  TableName: table.TableName,
  AttributeDefinitions: table.AttributeDefinitions,
  KeySchema: table.KeySchema,
  BillingMode: table.BillingMode,
  GlobalSecondaryIndexes: z.array(globalIndex).optional(),
  LocalSecondaryIndexes: table.LocalSecondaryIndexes,
  Replicas: z.array(replica).length(1, 'the local endpoint has no replication: exactly one replica is supported'),
  StreamSpecification: table.StreamSpecification.unwrap().omit({ ResourcePolicy: true }).optional(),
  TimeToLiveSpecification: table.TimeToLiveSpecification,
  WriteProvisionedThroughputSettings: writeSettings,
  SSESpecification: table.SSESpecification.unwrap().omit({ KMSMasterKeyId: true }).optional(),
  WarmThroughput: inert(),
  WriteOnDemandThroughputSettings: inert(),
});

/**
 * `AWS::DynamoDB::GlobalTable`. Left out, and so refused: witnesses, strong consistency, source tables, vector indexes and
 * capacity for all replicas.
 */
export const globalTableProperties = properties.superRefine((given, context) => {
  const indexes = new Set(given.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  for (const [at, replica] of given.Replicas.entries()) {
    const refuse = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: ['Replicas', at, path], message });
    const unknown = replica.GlobalSecondaryIndexes?.find(({ IndexName }) => !indexes.has(IndexName));
    if (unknown !== undefined) {
      refuse('GlobalSecondaryIndexes', `the table has no global secondary index ${unknown.IndexName}`);
    }
    if (replica.SSESpecification !== undefined && given.SSESpecification?.SSEEnabled !== true) {
      refuse('SSESpecification', 'a key needs an SSESpecification of the table with SSEEnabled');
    }
    if (replica.ReplicaStreamSpecification !== undefined && given.StreamSpecification === undefined) {
      refuse('ReplicaStreamSpecification', 'the table has no StreamSpecification');
    }
  }
});
export type GlobalTableProperties = z.infer<typeof globalTableProperties>;
export type ReadCapacity = z.infer<typeof readSettings>;
export type WriteCapacity = z.infer<typeof writeSettings>;
