import * as z from 'zod';
import { arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import type { BucketPolicies } from './bucket-policies.ts';
import type { ObjectStore } from './object-store.ts';

/** Left out, and so refused: what would change how the bucket behaves (website, notifications, CORS, replication, …). */
const bucketProperties = z.strictObject({
  BucketName: property.string().optional(),
  VersioningConfiguration: z
    .strictObject({ Status: z.literal('Suspended', { error: 'versioning is not supported' }) })
    .optional(),
  AccelerateConfiguration: property.inert(),
  AccessControl: property.inert(),
  BucketEncryption: property.inert(),
  LifecycleConfiguration: property.inert(),
  LoggingConfiguration: property.inert(),
  OwnershipControls: property.inert(),
  PublicAccessBlockConfiguration: property.inert(),
  Tags: property.inert(),
});

/** AWS::S3::Bucket and AWS::S3::BucketPolicy. */
export function bucketResources({ store }: ObjectStore, policies: BucketPolicies): readonly ResourceType[] {
  return [
    defineResource({
      type: 'AWS::S3::Bucket',
      properties: bucketProperties,
      replaceOn: ['BucketName'],
      create({ BucketName }, context) {
        const name = BucketName ?? generatedName(context, 63).toLowerCase();
        if (store.hasBucket(name)) throw new AwsError('AlreadyExists', `${name} already exists`);
        try {
          store.createBucket(name);
        } catch (error) {
          throw new AwsError('InvalidBucketName', messageOf(error));
        }
        return bucketState(name, context.region);
      },
      update: (_properties, { state }) => state,
      delete({ physicalId }) {
        if (!store.hasBucket(physicalId)) return;
        try {
          store.deleteBucket(physicalId);
        } catch (error) {
          throw new AwsError('BucketNotEmpty', messageOf(error), 409);
        }
        policies.delete(physicalId);
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
