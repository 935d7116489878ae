import * as z from 'zod';
import { arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { generatedName } from '../core/generated-name.ts';
import {
  defineResource,
  property,
  type ResourceContext,
  type ResourceState,
  type ResourceType,
} from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import type { BucketAttributes } from './bucket-attributes.ts';
import { encryptionProperty } from './bucket-encryption.ts';
import type { BucketSettings } from './bucket-policies.ts';
import { notificationProperty, settingsOf } from './notification-settings.ts';
import type { ObjectStore } from './object-store.ts';

/** Left out, and so refused: what would change how the bucket behaves (website, CORS, replication, …). */
const bucketProperties = z.strictObject({
  BucketName: property.string().optional(),
  VersioningConfiguration: property.kept(z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional()),
  NotificationConfiguration: notificationProperty,
  AccelerateConfiguration: property.inert(),
  AccessControl: property.inert(),
  BucketEncryption: encryptionProperty,
  LifecycleConfiguration: property.inert(),
  LoggingConfiguration: property.inert(),
  OwnershipControls: property.inert(),
  PublicAccessBlockConfiguration: property.inert(),
  Tags: property.tags().optional(),
});

function attributesOf(
  { Tags, VersioningConfiguration, BucketEncryption }: z.infer<typeof bucketProperties>,
  { tags }: ResourceContext,
): BucketAttributes {
  const [rule] = BucketEncryption?.ServerSideEncryptionConfiguration ?? [];
  const byDefault = rule?.ServerSideEncryptionByDefault;
  return {
    tags: resourceTags(tags, Tags),
    ...(VersioningConfiguration !== undefined && { versioning: VersioningConfiguration.Status }),
    ...(byDefault !== undefined && {
      encryption: {
        algorithm: byDefault.SSEAlgorithm,
        ...(byDefault.KMSMasterKeyID !== undefined && { keyId: byDefault.KMSMasterKeyID }),
        ...(rule?.BucketKeyEnabled !== undefined && { hasBucketKey: rule.BucketKeyEnabled }),
      },
    }),
  };
}

/** AWS::S3::Bucket and AWS::S3::BucketPolicy. */
export function bucketResources(
  { store }: ObjectStore,
  { policies, notifications, regions, attributes }: BucketSettings,
): readonly ResourceType[] {
  return [
    defineResource({
      type: 'AWS::S3::Bucket',
      properties: bucketProperties,
      replaceOn: ['BucketName'],
      async create(given, context) {
        const { BucketName, NotificationConfiguration } = given;
        const name = BucketName ?? generatedName(context, 63).toLowerCase();
        if (store.hasBucket(name)) throw new AwsError('AlreadyExists', `${name} already exists`);
        try {
          store.createBucket(name);
        } catch (error) {
          throw new AwsError('InvalidBucketName', messageOf(error));
        }
        try {
          await notifications.set(name, settingsOf(NotificationConfiguration), { requestId: context.stackId });
        } catch (error) {
          store.deleteBucket(name);
          throw error;
        }
        regions.set(name, context.region);
        attributes.set(name, attributesOf(given, context));
        return bucketState(name, context.region);
      },
      async update(given, { properties, state }, context) {
        const { NotificationConfiguration } = given;
        const isSame =
          JSON.stringify(NotificationConfiguration) === JSON.stringify(properties.NotificationConfiguration);
        if (!isSame)
          await notifications.set(state.physicalId, settingsOf(NotificationConfiguration), {
            requestId: context.stackId,
          });
        attributes.set(state.physicalId, attributesOf(given, context));
        return state;
      },
      delete({ physicalId }) {
        if (!store.hasBucket(physicalId)) return;
        try {
          store.deleteBucket(physicalId);
        } catch (error) {
          throw new AwsError('BucketNotEmpty', messageOf(error), 409);
        }
        for (const setting of [regions, policies, notifications, attributes]) setting.delete(physicalId);
      },
    }),
    defineResource({
      type: 'AWS::S3::BucketPolicy',
      properties: z.strictObject({ Bucket: z.string(), PolicyDocument: property.json() }),
      replaceOn: ['Bucket'],
      create({ Bucket, PolicyDocument }) {
        if (!store.hasBucket(Bucket)) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
        policies.set(Bucket, asText(PolicyDocument));
        return { physicalId: Bucket, attributes: {} };
      },
      update({ Bucket, PolicyDocument }, { state }) {
        policies.set(Bucket, asText(PolicyDocument));
        return state;
      },
      delete: ({ physicalId }) => policies.delete(physicalId),
    }),
  ];
}

function bucketState(name: string, region: string): ResourceState {
  return {
    physicalId: name,
    attributes: {
      Arn: arn('s3', '', name, ''),
      DomainName: `${name}.s3.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    },
  };
}

function asText(policy: unknown): string {
  return typeof policy === 'string' ? policy : JSON.stringify(policy);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
