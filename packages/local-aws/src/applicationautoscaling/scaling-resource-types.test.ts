import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../core/json.ts';
import { scalingResourceTypes } from './scaling-resource-types.ts';

const [targets, policies] = scalingResourceTypes();
assert.ok(targets !== undefined && policies !== undefined);
const context = { stackName: 's', stackId: '', logicalId: 'Target', region: 'us-east-1', tags: {} };
const target = {
  MinCapacity: 5,
  MaxCapacity: '50',
  ResourceId: 'table/orders',
  ScalableDimension: 'dynamodb:table:ReadCapacityUnits',
  ServiceNamespace: 'dynamodb',
};
const policy = (ScalingTargetId: string, PredefinedMetricType: string): JsonObject => ({
  PolicyName: 'tracking',
  PolicyType: 'TargetTrackingScaling',
  ScalingTargetId,
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: 70,
    PredefinedMetricSpecification: { PredefinedMetricType },
  },
});

test('a policy refers to its target by the id that AWS gives that', async () => {
  const { physicalId } = await targets.create(target, context);
  assert.equal(physicalId, 'table/orders|dynamodb:table:ReadCapacityUnits|dynamodb');
  const made = await policies.create(policy(physicalId, 'DynamoDBReadCapacityUtilization'), context);
  assert.match(made.physicalId, /:scalingPolicy:\w+:resource\/dynamodb\/table\/orders:policyName\/tracking$/);
});

test('what Application Auto Scaling would refuse is refused', () => {
  const refused: readonly [properties: JsonObject, message: RegExp][] = [
    [{ ...target, MaxCapacity: 4 }, /MaxCapacity must not be below MinCapacity/],
    [{ ...target, ResourceId: 'table/orders/index/byDay' }, /both of an index/],
    [{ ...target, ResourceId: 'orders' }, /ResourceId/],
    [{ ...target, ServiceNamespace: 'ecs' }, /ServiceNamespace/],
    [{ ...target, ScheduledActions: [] }, /unsupported property ScheduledActions/],
  ];
  for (const [properties, message] of refused) assert.throws(() => targets.validate(properties, 'Target'), message);
  assert.throws(() => policies.validate(policy('id', 'CPUUtilization'), 'Policy'), /PredefinedMetricType/);
});
