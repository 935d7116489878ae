import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../core/json.ts';
import { budgetResourceType } from './budget.ts';

const type = budgetResourceType();
const context = { stackName: 's', stackId: '', logicalId: 'Budget', region: 'us-east-1', tags: {} };
const budget = { BudgetType: 'COST', TimeUnit: 'MONTHLY', BudgetLimit: { Amount: '50', Unit: 'USD' } };
const notification = { NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN', Threshold: 80 };
const told = (SubscriptionType: string, Address: string): JsonObject => ({
  Budget: budget,
  NotificationsWithSubscribers: [{ Notification: notification, Subscribers: [{ SubscriptionType, Address }] }],
});

test('a budget is known by its name', async () => {
  const named = await type.create({ Budget: { ...budget, BudgetName: 'shop' } }, context);
  assert.equal(named.physicalId, 'shop');
  assert.match((await type.create({ Budget: budget }, context)).physicalId, /^s-Budget-/);
});

test('what AWS Budgets would refuse is refused', () => {
  type.validate(told('SNS', 'arn:aws:sns:us-east-1:000000000000:alarms'), 'Budget');
  type.validate(told('EMAIL', 'oncall@example.com'), 'Budget');
  const refused: readonly [properties: JsonObject, message: RegExp][] = [
    [told('SNS', 'oncall@example.com'), /must be the ARN of a topic/],
    [told('EMAIL', 'arn:aws:sns:us-east-1:000000000000:alarms'), /no ARN for EMAIL/],
    [told('PAGER', 'x'), /SubscriptionType/],
    [{ Budget: { ...budget, TimeUnit: 'WEEKLY' } }, /TimeUnit/],
    [{ Budget: { ...budget, AutoAdjustData: {} } }, /unsupported property Budget\.AutoAdjustData/],
  ];
  for (const [properties, message] of refused) {
    assert.throws(() => type.validate(properties, 'Budget'), message);
  }
});
