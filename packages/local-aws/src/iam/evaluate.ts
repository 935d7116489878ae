import { matchesArn, matchesPattern, type RequestContext } from './pattern.ts';
import type { Policy, Statement } from './policy-document.ts';

export type Decision = 'allow' | 'explicitDeny' | 'implicitDeny';

export type Question = {
  readonly policies: readonly Policy[];
  /** `dynamodb:PutItem`, in any case. */
  readonly action: string;
  /** An ARN, or `*` for an action that is about no resource in particular. */
  readonly resource: string;
  readonly context: RequestContext;
};

const noContext: RequestContext = new Map();

/** What policies say about one action on one resource: a Deny wins, and silence is a no. */
export function evaluate({ policies, action, resource, context }: Question): Decision {
  return decide(
    policies.flatMap(({ statements }) => statements),
    { action, resource, context },
  );
}

/** As `evaluate`, over statements that have been picked for who is asking. */
export function decide(statements: readonly Statement[], question: Omit<Question, 'policies'>): Decision {
  switch (decidingStatement(statements, question)?.effect) {
    case 'Deny':
      return 'explicitDeny';
    case 'Allow':
      return 'allow';
    case undefined:
      return 'implicitDeny';
  }
}

/** The statement that decides: the first Deny that applies, otherwise the first Allow. */
export function decidingStatement(
  statements: readonly Statement[],
  question: Omit<Question, 'policies'>,
): Statement | undefined {
  let allow: Statement | undefined;
  for (const statement of statements) {
    if (allow !== undefined && statement.effect === 'Allow') continue;
    if (!applies(statement, question)) continue;
    if (statement.effect === 'Deny') return statement;
    allow = statement;
  }
  return allow;
}

function applies(
  { actions, resources, conditions }: Statement,
  { action, resource, context }: Omit<Question, 'policies'>,
): boolean {
  const name = action.toLowerCase();
  if (actions.patterns.some((pattern) => matchesPattern(pattern, name, noContext)) === actions.negated) return false;
  if (
    resources !== undefined &&
    resources.patterns.some((pattern) => matchesArn(pattern, resource, context)) === resources.negated
  ) {
    return false;
  }
  return conditions.every((condition) => condition.holds(context));
}

/** Condition keys are the same in any case. */
export function requestContext(
  values: Readonly<Record<string, string | readonly string[] | undefined>>,
): RequestContext {
  return new Map(
    Object.entries(values).flatMap(([key, value]): [string, readonly string[]][] =>
      value === undefined ? [] : [[key.toLowerCase(), typeof value === 'string' ? [value] : value]],
    ),
  );
}
