import type { AccessDecision } from './access-check.ts';
import type { IamStore, Role } from './iam-store.ts';
import { matchesArn, matchesPattern, type Pattern } from './pattern.ts';
import type { Policy, Statement } from './policy-document.ts';

/** How often something that a statement lists was needed. */
type GrantedPart = { readonly text: string; readonly uses: number };

type Grant = {
  /** The policy's name, or its ARN when it is attached. */
  readonly policy: string;
  readonly sid?: string;
  readonly actions: readonly GrantedPart[];
  readonly resources: readonly GrantedPart[];
};

type Asked = { readonly action: string; readonly resource: string; readonly count: number };

export type RoleUsage = {
  readonly role: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly grants: readonly Grant[];
  /** What was permitted, with how often. */
  readonly used: readonly Asked[];
  readonly denied: readonly Asked[];
};

type Tally = { readonly action: string; readonly resource: string; allowed: number; denied: number };

/** Of one role. Only what a client chooses without bound, such as an object key, comes near it. */
const maxTallies = 5000;

/** Records the requests of roles, and compares them with what their policies grant. */
export class GrantUsage {
  readonly #store: IamStore;
  readonly #roles = new Map<string, Map<string, Tally>>();

  constructor(store: IamStore) {
    this.#store = store;
  }

  record({ principal, permission: { action, resource }, access }: Omit<AccessDecision, 'question'>): void {
    if (principal.kind !== 'role') return;
    const tallies = this.#roles.get(principal.roleArn) ?? new Map<string, Tally>();
    this.#roles.set(principal.roleArn, tallies);
    // Each execution environment writes to a log stream of its own: they count as one.
    const key = `${action} ${resource.replace(/:log-stream:.*/, '')}`;
    const tally = tallies.get(key) ?? { action, resource, allowed: 0, denied: 0 };
    if (access.allowed) tally.allowed += 1;
    else tally.denied += 1;
    if (tallies.size < maxTallies) tallies.set(key, tally);
  }

  /** Every role that there is, in the order of their names. */
  report(): readonly RoleUsage[] {
    return [...this.#store.roles].sort((a, b) => (a.name < b.name ? -1 : 1)).map((role) => this.#usageOf(role));
  }

  #usageOf(role: Role): RoleUsage {
    const tallies = [...(this.#roles.get(role.arn)?.values() ?? [])];
    const names = [...Object.keys(role.inlinePolicies), ...role.attachedPolicies];
    return {
      role: role.name,
      tags: role.tags,
      grants: this.#store.policiesOf(role.arn).identity.flatMap((policy, index) =>
        grantsOf(
          names[index] ?? '',
          policy,
          tallies.filter(({ allowed }) => allowed > 0),
        ),
      ),
      used: tallies
        .filter(({ allowed }) => allowed > 0)
        .map(({ action, resource, allowed }) => ({ action, resource, count: allowed })),
      denied: tallies
        .filter(({ denied }) => denied > 0)
        .map(({ action, resource, denied }) => ({ action, resource, count: denied })),
    };
  }
}

function grantsOf(policy: string, { statements }: Policy, tallies: readonly Tally[]): Grant[] {
  return statements
    .filter(({ effect }) => effect === 'Allow')
    .map(({ sid, actions, resources }) => {
      const matchesAction = matcher(actions, (pattern, { action }) =>
        matchesPattern(pattern, action.toLowerCase(), none),
      );
      const matchesResource = matcher(resources, (pattern, { resource }) => matchesArn(pattern, resource, none));
      return {
        policy,
        ...(sid !== undefined && { sid }),
        actions: partsOf(actions, matchesAction.byPart, tallies.filter(matchesResource.byAny)),
        resources: partsOf(resources, matchesResource.byPart, tallies.filter(matchesAction.byAny)),
      };
    });
}

type Listed = Statement['actions'] | undefined;
type Test = (tally: Tally) => boolean;
const none = new Map();

/** What each listed pattern is about, and what all of them together are about. */
function matcher(
  listed: Listed,
  matches: (pattern: Pattern, tally: Tally) => boolean,
): { readonly byPart: readonly Test[]; readonly byAny: Test } {
  const { patterns = [], negated = false } = listed ?? {};
  const byAny: Test = (tally) => patterns.some((pattern) => matches(pattern, tally)) !== negated;
  return { byAny, byPart: patterns.map((pattern) => (negated ? byAny : (tally) => matches(pattern, tally))) };
}

function partsOf(listed: Listed, byPart: readonly Test[], tallies: readonly Tally[]): GrantedPart[] {
  const { texts = [], negated = false } = listed ?? {};
  return texts.map((text, index) => ({
    text: negated ? `not ${text}` : text,
    uses: tallies.filter(byPart[index] ?? (() => false)).reduce((sum, { allowed }) => sum + allowed, 0),
  }));
}
