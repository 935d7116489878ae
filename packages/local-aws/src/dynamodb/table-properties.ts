import * as z from 'zod';
import { property } from '../core/resource-type.ts';

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const projection = z.strictObject({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']).optional(),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const throughput = z.strictObject({ ReadCapacityUnits: property.integer(), WriteCapacityUnits: property.integer() });
const resourcePolicy = z.strictObject({ PolicyDocument: property.json() });

const globalIndex = z.strictObject({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: projection,
  ProvisionedThroughput: property.kept(throughput.optional()),
  ContributorInsightsSpecification: property.inert(),
  OnDemandThroughput: property.inert(),
  WarmThroughput: property.inert(),
});

/** AWS::DynamoDB::Table. Left out, and so refused: KinesisStreamSpecification and ImportSourceSpecification. */
export const tableProperties = z.strictObject({
  TableName: property.string().optional(),
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema: keySchema,
  BillingMode: z.enum(['PROVISIONED', 'PAY_PER_REQUEST']).optional(),
  ProvisionedThroughput: property.kept(throughput.optional()),
  GlobalSecondaryIndexes: z.array(globalIndex).optional(),
  LocalSecondaryIndexes: z
    .array(z.strictObject({ IndexName: z.string(), KeySchema: keySchema, Projection: projection }))
    .optional(),
  StreamSpecification: z
    .strictObject({
      StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']),
      ResourcePolicy: resourcePolicy.optional(),
    })
    .optional(),
  TimeToLiveSpecification: z
    .strictObject({ Enabled: property.boolean(), AttributeName: property.string().optional() })
    .optional(),
  PointInTimeRecoverySpecification: property.kept(
    z
      .strictObject({
        PointInTimeRecoveryEnabled: property.boolean().optional(),
        RecoveryPeriodInDays: property.integer().optional(),
      })
      .optional(),
  ),
  DeletionProtectionEnabled: property.boolean().optional(),
  TableClass: property.kept(z.enum(['STANDARD', 'STANDARD_INFREQUENT_ACCESS']).optional()),
  ResourcePolicy: resourcePolicy.optional(),
  Tags: property.tags().optional(),
  ContributorInsightsSpecification: property.inert(),
  OnDemandThroughput: property.inert(),
  SSESpecification: z
    .strictObject({
      SSEEnabled: property.boolean(),
      SSEType: z.literal('KMS', 'the only type is KMS').optional(),
      KMSMasterKeyId: z.string().optional(),
    })
    .optional(),
  WarmThroughput: property.inert(),
});

export type TableProperties = z.infer<typeof tableProperties>;
export type GlobalIndex = z.infer<typeof globalIndex>;

/** A table of DescribeTable in the form of its properties. */
export const presentTable = z.object({
  BillingModeSummary: z.object({ BillingMode: z.string() }).optional(),
  ProvisionedThroughput: z.object(throughput.shape),
  GlobalSecondaryIndexes: z
    .array(z.object({ IndexName: z.string(), KeySchema: keySchema, Projection: projection }))
    .optional(),
  StreamSpecification: z.object({ StreamViewType: z.string() }).optional(),
});

export type PresentTable = z.infer<typeof presentTable>;
