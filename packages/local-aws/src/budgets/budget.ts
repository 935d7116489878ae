import * as z from 'zod';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceType } from '../core/resource-type.ts';

const { string, inert, kept } = property;

const number = () =>
  z.union([
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ]);
const subscriber = z
  .strictObject({ SubscriptionType: z.enum(['EMAIL', 'SNS']), Address: string() })
  .refine(
    ({ SubscriptionType, Address }) => SubscriptionType === (/^arn:[^:]+:sns:/.test(Address) ? 'SNS' : 'EMAIL'),
    'the address must be the ARN of a topic for SNS, and no ARN for EMAIL',
  );

const budget = z.strictObject({
  BudgetName: string()
    .pipe(z.string().regex(/^[^:\\]{1,100}$/))
    .optional(),
  BudgetType: z.enum([
    'COST',
    'USAGE',
    'RI_UTILIZATION',
    'RI_COVERAGE',
    'SAVINGS_PLANS_UTILIZATION',
    'SAVINGS_PLANS_COVERAGE',
  ]),
  TimeUnit: z.enum(['DAILY', 'MONTHLY', 'QUARTERLY', 'ANNUALLY', 'CUSTOM']),
  BudgetLimit: z.strictObject({ Amount: number(), Unit: string() }).optional(),
  CostFilters: inert(),
  CostTypes: inert(),
  TimePeriod: inert(),
});
const notification = z.strictObject({
  Notification: z.strictObject({
    NotificationType: z.enum(['ACTUAL', 'FORECASTED']),
    ComparisonOperator: z.enum(['GREATER_THAN', 'LESS_THAN', 'EQUAL_TO']),
    Threshold: number(),
    ThresholdType: z.enum(['PERCENTAGE', 'ABSOLUTE_VALUE']).optional(),
  }),
  Subscribers: z.array(subscriber).min(1).max(11),
});

const properties = z.strictObject({
  Budget: kept(budget),
  NotificationsWithSubscribers: kept(z.array(notification).max(10).optional()),
  ResourceTags: kept(property.tags().optional()),
});

/** `AWS::Budgets::Budget`, without effect: nothing costs money here. */
export function budgetResourceType(): ResourceType {
  return defineResource({
    type: 'AWS::Budgets::Budget',
    properties,
    replaceOn: ['NotificationsWithSubscribers'],
    create: ({ Budget: { BudgetName } }, context) => ({
      physicalId: BudgetName ?? generatedName(context, 100),
      attributes: {},
    }),
    update: ({ Budget: { BudgetName } }, { state }) => ({ ...state, physicalId: BudgetName ?? state.physicalId }),
    delete: () => {},
  });
}
