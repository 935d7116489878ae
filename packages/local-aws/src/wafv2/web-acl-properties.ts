import * as z from 'zod';
import { property } from '../core/resource-type.ts';

const { string, integer, boolean, inert, kept } = property;

/** An action or a kind of statement is the one member that is there. */
function oneOf<S extends z.core.$ZodShape>(shape: S) {
  return z
    .strictObject(shape)
    .partial()
    .refine((value) => Object.keys(value).length === 1, 'must be exactly one of its members');
}

const nothing = z.strictObject({ CustomRequestHandling: inert(), CustomResponse: inert() });
const visibility = z.strictObject({
  CloudWatchMetricsEnabled: boolean(),
  MetricName: string().pipe(z.string().regex(/^[\w#:./-]{1,255}$/)),
  SampledRequestsEnabled: boolean(),
});

/** Statements that nest others (And, Or, Not, scope-down) and those that look into requests are left out, and so refused. */
const statement = oneOf({
  ManagedRuleGroupStatement: z.strictObject({
    VendorName: string(),
    Name: string(),
    Version: string().optional(),
    ExcludedRules: z.array(z.strictObject({ Name: string() })).optional(),
    RuleActionOverrides: z.array(z.strictObject({ Name: string(), ActionToUse: ruleAction() })).optional(),
    ManagedRuleGroupConfigs: inert(),
  }),
  RateBasedStatement: z.strictObject({
    Limit: integer().pipe(z.number().min(10).max(2_000_000_000)),
    EvaluationWindowSec: integer()
      .pipe(z.union([z.literal(60), z.literal(120), z.literal(300), z.literal(600)]))
      .optional(),
    AggregateKeyType: z.enum(['IP', 'FORWARDED_IP', 'CONSTANT']),
    ForwardedIPConfig: inert(),
  }),
  IPSetReferenceStatement: z.strictObject({ Arn: string(), IPSetForwardedIPConfig: inert() }),
  GeoMatchStatement: z.strictObject({ CountryCodes: z.array(string()).min(1), ForwardedIPConfig: inert() }),
});

function ruleAction() {
  return oneOf({ Allow: nothing, Block: nothing, Count: nothing, Captcha: nothing, Challenge: nothing });
}

const rule = z
  .strictObject({
    Name: string().pipe(z.string().regex(/^[\w-]{1,128}$/)),
    Priority: integer().pipe(z.number().min(0)),
    Statement: statement,
    Action: ruleAction().optional(),
    OverrideAction: oneOf({ Count: z.strictObject({}), None: z.strictObject({}) }).optional(),
    RuleLabels: inert(),
    VisibilityConfig: visibility,
  })
  .superRefine(({ Statement, Action, OverrideAction }, context) => {
    const isGroup = 'ManagedRuleGroupStatement' in Statement;
    const given = isGroup ? OverrideAction : Action;
    const other = isGroup ? Action : OverrideAction;
    if (given !== undefined && other === undefined) return;
    const wanted = isGroup ? 'a rule group takes OverrideAction' : 'a rule takes Action';
    context.addIssue({ code: 'custom', message: `${wanted}, and nothing else in its place` });
  });

/**
 * AWS::WAFv2::WebACL. Its rules are checked and kept, but look at no request; left out, and so refused, is what an API
 * has no use for.
 */
export const webAclProperties = z.strictObject({
  Name: string()
    .pipe(z.string().regex(/^[\w-]{1,128}$/))
    .optional(),
  Scope: z.enum(['REGIONAL', 'CLOUDFRONT']),
  Description: kept(string().optional()),
  DefaultAction: kept(oneOf({ Allow: nothing, Block: nothing })),
  Rules: kept(
    z
      .array(rule)
      .refine((rules) => isUnique(rules.map(({ Priority }) => Priority)), 'two rules have the same Priority')
      .refine((rules) => isUnique(rules.map(({ Name }) => Name)), 'two rules have the same Name')
      .optional(),
  ),
  VisibilityConfig: kept(visibility),
  Tags: kept(property.tags().optional()),
});

export type WebAclProperties = z.infer<typeof webAclProperties>;

function isUnique(values: readonly (string | number)[]): boolean {
  return new Set(values).size === values.length;
}
