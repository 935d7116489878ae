import { createHash } from 'node:crypto';
import * as z from 'zod';
import { arn } from '../core/arn.ts';
import { defineResource, property, type ResourceType } from '../core/resource-type.ts';

const { string, integer, inert, kept } = property;

const capacity = () => integer().pipe(z.number().min(0));
const dimension = z.enum([
  'dynamodb:table:ReadCapacityUnits',
  'dynamodb:table:WriteCapacityUnits',
  'dynamodb:index:ReadCapacityUnits',
  'dynamodb:index:WriteCapacityUnits',
]);

const targetProperties = z
  .strictObject({
    MinCapacity: kept(capacity()),
    MaxCapacity: kept(capacity()),
    ResourceId: kept(string().pipe(z.string().regex(/^table\/[^/]+(\/index\/[^/]+)?$/))),
    ScalableDimension: kept(dimension),
    ServiceNamespace: kept(z.literal('dynamodb')),
    RoleARN: inert(),
  })
  .superRefine(({ MinCapacity, MaxCapacity, ResourceId, ScalableDimension }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    if (MaxCapacity < MinCapacity) refuse('MaxCapacity must not be below MinCapacity');
    if (ResourceId.includes('/index/') !== ScalableDimension.startsWith('dynamodb:index:')) {
      refuse('ResourceId and ScalableDimension must both be of a table or both of an index');
    }
  });

const policyProperties = z.strictObject({
  PolicyName: kept(string()),
  PolicyType: kept(z.literal('TargetTrackingScaling')),
  ScalingTargetId: kept(string()),
  TargetTrackingScalingPolicyConfiguration: kept(
    z.strictObject({
      TargetValue: z.union([z.number(), z.string().regex(/^\d+(\.\d+)?$/)]),
      PredefinedMetricSpecification: z.strictObject({
        PredefinedMetricType: z.enum(['DynamoDBReadCapacityUtilization', 'DynamoDBWriteCapacityUtilization']),
      }),
      ScaleInCooldown: integer().optional(),
      ScaleOutCooldown: integer().optional(),
      DisableScaleIn: property.boolean().optional(),
    }),
  ),
});

/** What scales the capacity of tables, without effect: tables here take every request, whatever their capacity. */
export function scalingResourceTypes(): readonly ResourceType[] {
  return [
    defineResource({
      type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      properties: targetProperties,
      replaceOn: ['ResourceId', 'ScalableDimension', 'ServiceNamespace'],
      create: ({ ResourceId, ScalableDimension, ServiceNamespace }) => {
        const id = [ResourceId, ScalableDimension, ServiceNamespace].join('|');
        return { physicalId: id, attributes: { Id: id } };
      },
      update: (_, { state }) => state,
      delete: () => {},
    }),
    defineResource({
      type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
      properties: policyProperties,
      replaceOn: ['PolicyName', 'ScalingTargetId'],
      create: ({ PolicyName, ScalingTargetId }, { region }) => {
        const id = createHash('sha256').update(ScalingTargetId).digest('hex').slice(0, 32);
        const [resourceId = ''] = ScalingTargetId.split('|');
        const resource = `scalingPolicy:${id}:resource/dynamodb/${resourceId}:policyName/${PolicyName}`;
        const physicalId = arn('autoscaling', region, resource);
        return { physicalId, attributes: { Arn: physicalId } };
      },
      update: (_, { state }) => state,
      delete: () => {},
    }),
  ];
}
