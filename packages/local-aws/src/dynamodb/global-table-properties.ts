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
  SSESpecification: inert(),
});

/** `AWS::DynamoDB::GlobalTable`. Left out, and so refused: witnesses, strong consistency and source tables. */
export const globalTableProperties = z.strictObject({
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
  SSESpecification: inert(),
  WarmThroughput: inert(),
  WriteOnDemandThroughputSettings: inert(),
});
export type GlobalTableProperties = z.infer<typeof globalTableProperties>;
export type ReadCapacity = z.infer<typeof readSettings>;
export type WriteCapacity = z.infer<typeof writeSettings>;
