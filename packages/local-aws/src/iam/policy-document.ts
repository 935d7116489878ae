import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { JsonValue } from '../core/json.ts';
import { type ConditionTest, compileConditions } from './conditions.ts';
import { compilePattern, type Pattern } from './pattern.ts';

export type PolicyKind = 'identity' | 'trust' | 'resource';

export type Statement = {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** Absent in identity policies. */
  readonly principals: Principals | undefined;
  readonly actions: Patterns;
  /** Undefined in trust policies, which are about the role itself. */
  readonly resources: Patterns | undefined;
  readonly conditions: readonly ConditionTest[];
};
type Patterns = {
  readonly negated: boolean;
  /** As they are written, for who wants to show them. */
  readonly texts: readonly string[];
  readonly patterns: readonly Pattern[];
};
export type Principals = {
  readonly negated: boolean;
  readonly anyone: boolean;
  readonly aws: readonly string[];
  readonly services: readonly string[];
};

/** A policy, read and ready to be evaluated. */
export type Policy = { readonly statements: readonly Statement[] };

const oneOrMore = z.union([z.string().transform((text) => [text]), z.array(z.string()).min(1)]);
const principalSchema = z.union([
  z.literal('*'),
  z.strictObject({
    AWS: oneOrMore.optional(),
    Service: oneOrMore.optional(),
    Federated: oneOrMore.optional(),
    CanonicalUser: oneOrMore.optional(),
  }),
]);
const conditionValue = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
const conditionSchema = z.record(
  z.string(),
  z.record(z.string(), z.union([conditionValue.transform((value) => [value]), z.array(conditionValue)])),
);
const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principalSchema.optional(),
  NotPrincipal: principalSchema.optional(),
  Action: oneOrMore.optional(),
  NotAction: oneOrMore.optional(),
  Resource: oneOrMore.optional(),
  NotResource: oneOrMore.optional(),
  Condition: conditionSchema.optional(),
});
const documentSchema = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: z.union([statementSchema.transform((statement) => [statement]), z.array(statementSchema)]),
});

type StatementSource = z.infer<typeof statementSchema>;

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', message);
}

/** IAM's quotas without white space: all inline policies of a role, a trust policy; 20 KB is that of Lambda and S3. */
const maxSize: Readonly<Record<PolicyKind, number>> = { identity: 10_240, trust: 4096, resource: 20_480 };

function checkSize(document: JsonValue | undefined, kind: PolicyKind): void {
  if ((JSON.stringify(document) ?? '').length <= maxSize[kind]) return;
  throw new AwsError('LimitExceeded', `Maximum policy size of ${maxSize[kind]} bytes exceeded`, 409);
}

/** @throws AwsError MalformedPolicyDocument as IAM words it, LimitExceeded */
export function parsePolicy(document: JsonValue | undefined, kind: PolicyKind): Policy {
  checkSize(document, kind);
  const result = documentSchema.safeParse(document);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw malformed(`Syntax errors in policy. (${issue?.path.join('.') || 'policy'}: ${issue?.message ?? ''})`);
  }
  const { Version, Statement } = result.data;
  if (kind !== 'resource' && Statement.length === 0) throw malformed('Policy document must contain statements.');
  const sids = Statement.flatMap(({ Sid }) => Sid ?? []);
  if (new Set(sids).size < sids.length) {
    throw malformed('Statement IDs (SID) in a single policy must be unique.');
  }
  const variables = Version === '2012-10-17';
  return { statements: Statement.map((statement) => compileStatement(statement, kind, variables)) };
}

function compileStatement(source: StatementSource, kind: PolicyKind, variables: boolean): Statement {
  checkPrincipal(source, kind);
  const actions = source.Action ?? source.NotAction;
  if (actions === undefined) throw malformed('Policy statement must contain actions.');
  if (source.Action !== undefined && source.NotAction !== undefined) {
    throw malformed('Policy statement cannot contain both Action and NotAction.');
  }
  checkActions(actions, kind);
  const resources = source.Resource ?? source.NotResource;
  checkResources(source, resources, kind);
  return {
    sid: source.Sid,
    effect: source.Effect,
    principals: principalsOf(source),
    actions: {
      negated: source.NotAction !== undefined,
      texts: actions,
      patterns: actions.map((action) => compilePattern(action.toLowerCase(), { variables: false })),
    },
    resources:
      resources === undefined
        ? undefined
        : {
            negated: source.NotResource !== undefined,
            texts: resources,
            patterns: resources.map((resource) => compilePattern(resource, { variables })),
          },
    conditions: compileConditions(source.Condition ?? {}, variables),
  };
}

function checkPrincipal({ Principal, NotPrincipal }: StatementSource, kind: PolicyKind): void {
  const hasPrincipal = Principal !== undefined || NotPrincipal !== undefined;
  if (kind === 'identity' && hasPrincipal) throw malformed('Policy document should not specify a principal.');
  if (kind !== 'identity' && !hasPrincipal) throw malformed('Missing required field Principal');
  if (kind === 'trust' && NotPrincipal !== undefined) throw malformed('AssumeRole policy must not use NotPrincipal.');
  const services = typeof Principal === 'object' ? (Principal.Service ?? []) : [];
  const odd = services.find((service) => !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(service));
  if (odd !== undefined) throw malformed(`Invalid principal in policy: "SERVICE":"${odd}"`);
}

function checkActions(actions: readonly string[], kind: PolicyKind): void {
  const bare = actions.find((action) => action !== '*' && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?_-]+$/.test(action));
  if (bare !== undefined) {
    throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
  }
  if (kind === 'trust' && actions.some((action) => !/^sts:/i.test(action))) {
    throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
  }
}

function checkResources(
  { Resource, NotResource }: StatementSource,
  resources: readonly string[] | undefined,
  kind: PolicyKind,
): void {
  if (kind === 'trust') {
    if (resources !== undefined) throw malformed('Has prohibited field Resource');
    return;
  }
  if (resources === undefined) {
    // The resource of a resource policy goes without saying for some services.
    if (kind === 'resource') return;
    throw malformed('Policy statement must contain resources.');
  }
  if (Resource !== undefined && NotResource !== undefined) {
    throw malformed('Policy statement cannot contain both Resource and NotResource.');
  }
  const odd = resources.find((resource) => resource !== '*' && !/^(arn|\*|\$\{)/.test(resource));
  if (odd !== undefined && kind === 'identity') {
    throw malformed(`Resource ${odd} must be in ARN format or "*".`);
  }
}

function principalsOf({ Principal, NotPrincipal }: StatementSource): Principals | undefined {
  const source = Principal ?? NotPrincipal;
  if (source === undefined) return undefined;
  const negated = NotPrincipal !== undefined;
  if (source === '*') return { negated, anyone: true, aws: [], services: [] };
  const aws = source.AWS ?? [];
  return { negated, anyone: aws.includes('*'), aws, services: source.Service ?? [] };
}

/** Every condition key that a policy asks for, in lower case. */
export function conditionKeysOf({ statements }: Policy): readonly string[] {
  return statements.flatMap(({ conditions }) => conditions.map(({ key }) => key));
}
