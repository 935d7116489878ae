import { accountId, arn, parseArn } from '../core/arn.ts';
import type { Principal } from '../core/principal.ts';
import { type Decision, decide, decidingStatement, evaluate } from './evaluate.ts';
import type { RequestContext } from './pattern.ts';
import type { Policy, Principals, Statement } from './policy-document.ts';

export type AccessQuestion = {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
  /** Those of the role; none for services. */
  readonly identityPolicies: readonly Policy[];
  /** The most that the role may be allowed, when it has one. */
  readonly boundary?: Policy | undefined;
  /** The queue's, topic's or function's own. */
  readonly resourcePolicy?: Policy | undefined;
};

/** Which kind of policy said no, in the words of AWS's messages. */
type DeniedBy = 'identity-based policy' | 'resource-based policy' | 'permissions boundary';

export type Access =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly explicit: boolean; readonly by: DeniedBy };

/** The account itself. */
export const accountRoot = { kind: 'account', arn: arn('iam', '', 'root') } as const;
const allowed: Access = { allowed: true };
const no = (by: DeniedBy, decision: Decision): Access => ({
  allowed: false,
  explicit: decision === 'explicitDeny',
  by,
});

/** AWS's decision within one account: any Deny wins; otherwise an identity or a resource policy has to allow. */
export function authorize(question: AccessQuestion): Access {
  const { principal, identityPolicies, boundary, resourcePolicy } = question;
  const byResource = resourcePolicy === undefined ? 'implicitDeny' : evaluateResourcePolicy(resourcePolicy, question);
  switch (principal.kind) {
    case 'account':
      return allowed;
    case 'service':
      return byResource === 'allow' ? allowed : no('resource-based policy', byResource);
    case 'role': {
      if (byResource === 'explicitDeny') return no('resource-based policy', byResource);
      const byIdentity = evaluate({ ...question, policies: identityPolicies });
      if (byIdentity === 'explicitDeny') return no('identity-based policy', byIdentity);
      const byBoundary = boundary === undefined ? 'allow' : evaluate({ ...question, policies: [boundary] });
      if (byBoundary === 'explicitDeny') return no('permissions boundary', byBoundary);
      if (byResource === 'allow') return allowed;
      if (byIdentity !== 'allow') return no('identity-based policy', byIdentity);
      if (!isLeftToIdentityPolicies(question)) return no('resource-based policy', byResource);
      return byBoundary === 'allow' ? allowed : no('permissions boundary', byBoundary);
    }
  }
}

/** Identity policies count for a key of KMS only where its own policy allows the account what is asked for. */
function isLeftToIdentityPolicies(question: AccessQuestion): boolean {
  const { resource, resourcePolicy } = question;
  if (resourcePolicy === undefined || parseArn(resource)?.service !== 'kms') return true;
  return evaluateResourcePolicy(resourcePolicy, { ...question, principal: accountRoot }) === 'allow';
}

/** What a resource's own policy says about someone. */
export function evaluateResourcePolicy(
  policy: Policy,
  question: Pick<AccessQuestion, 'principal' | 'action' | 'resource' | 'context'>,
): Decision {
  return decide(statementsAbout(policy, question.principal), question);
}

/** The statement behind a decision of `authorize`; undefined for an implicit denial and for the account root. */
export function statementBehind(question: AccessQuestion, access: Access): Statement | undefined {
  const { principal, identityPolicies, boundary, resourcePolicy } = question;
  const inResource = resourcePolicy && decidingStatement(statementsAbout(resourcePolicy, principal), question);
  const inIdentity = decidingStatement(
    identityPolicies.flatMap(({ statements }) => statements),
    question,
  );
  if (access.allowed) return inResource ?? inIdentity;
  if (!access.explicit) return undefined;
  switch (access.by) {
    case 'identity-based policy':
      return inIdentity;
    case 'resource-based policy':
      return inResource;
    case 'permissions boundary':
      return boundary && decidingStatement(boundary.statements, question);
  }
}

function statementsAbout(policy: Policy, principal: Principal): readonly Statement[] {
  return policy.statements.filter((statement) => isAbout(statement, principal));
}

function isAbout({ principals, effect }: Statement, principal: Principal): boolean {
  return principals !== undefined && includes(principals, effect, principal) !== principals.negated;
}

function includes({ anyone, aws, services }: Principals, effect: Statement['effect'], principal: Principal): boolean {
  if (anyone) return true;
  switch (principal.kind) {
    case 'service':
      return services.includes(principal.service);
    case 'account':
      return aws.some(isAccount);
    case 'role':
      // Naming the account hands the decision to its identity policies, so it allows nothing by itself.
      return (
        aws.includes(principal.roleArn) || aws.includes(principal.arn) || (effect === 'Deny' && aws.some(isAccount))
      );
  }
}

function isAccount(principal: string): boolean {
  return principal === accountId || principal === arn('iam', '', 'root');
}
