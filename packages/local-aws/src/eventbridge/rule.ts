import * as z from 'zod';
import { accountId, arn } from '../core/arn.ts';
import { retryPolicySchema } from '../target-delivery/retry-policy.ts';

/** A target in the form that the API and CloudFormation share. */
export const targetSchema = z.strictObject({
  Id: z
    .string()
    .min(1, 'Member must have length greater than or equal to 1')
    .max(64, 'Member must have length less than or equal to 64')
    .regex(/^[.\-_A-Za-z0-9]+$/, 'Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+'),
  Arn: z.string().min(1).max(1600),
  RoleArn: z.string().min(1).max(1600).optional(),
  Input: z.string().max(8192).optional(),
  InputPath: z.string().max(256).optional(),
  InputTransformer: z
    .strictObject({
      InputPathsMap: z.record(z.string(), z.string().max(256)).optional(),
      InputTemplate: z.string().min(1).max(8192),
    })
    .optional(),
  SqsParameters: z.strictObject({ MessageGroupId: z.string().min(1).optional() }).optional(),
  DeadLetterConfig: z.strictObject({ Arn: z.string().min(1).max(1600).optional() }).optional(),
  RetryPolicy: retryPolicySchema.optional(),
});
export type Target = z.infer<typeof targetSchema>;

export const ruleStates = ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'] as const;

export const ruleSchema = z.object({
  name: z.string(),
  arn: z.string(),
  busArn: z.string(),
  busName: z.string(),
  region: z.string(),
  description: z.string().optional(),
  /** JSON text. */
  pattern: z.string().optional(),
  scheduleExpression: z.string().optional(),
  state: z.enum(ruleStates),
  roleArn: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  targets: z.array(targetSchema),
  /** From when a rate counts, in epoch milliseconds: when the schedule was set or enabled. */
  scheduledSince: z.number(),
});
export type Rule = z.infer<typeof ruleSchema>;

export function ruleArnOf(name: string, bus: { readonly name: string; readonly region: string }): string {
  return arn('events', bus.region, bus.name === 'default' ? `rule/${name}` : `rule/${bus.name}/${name}`);
}

export function isEnabled({ state }: Rule): boolean {
  return state !== 'DISABLED';
}

/** As ListRules shows it. */
export function listRule(rule: Rule): object {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventBusName: rule.busName,
    State: rule.state,
    EventPattern: rule.pattern,
    ScheduleExpression: rule.scheduleExpression,
    Description: rule.description,
    RoleArn: rule.roleArn,
  };
}

export function describeRule(rule: Rule): object {
  return { ...listRule(rule), CreatedBy: accountId };
}
