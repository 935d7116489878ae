import { covers, type Exception, type Granted } from './exceptions.ts';
import type { RoleUsage } from './grant-usage.ts';

/** An action or resource that a role is granted without need, or wider than it could be. */
type Excess = Granted & { readonly problem: 'unused' | 'wildcard' };

export type Findings = {
  /** Without a written reason. */
  readonly excess: readonly Excess[];
  /** Exceptions that nothing needs any more. */
  readonly stale: readonly Exception[];
};

/** Holds what roles may do against what they did. */
export function findExcess(
  roles: readonly Pick<RoleUsage, 'role' | 'grants'>[],
  exceptions: readonly Exception[],
): Findings {
  const all = roles.flatMap(({ role, grants }) =>
    grants.flatMap((grant) => {
      const actions = grant.actions.map(({ text }) => text);
      return [
        ...grant.actions.map((part) => ({ kind: 'action' as const, ...part })),
        ...grant.resources.map((part) => ({ kind: 'resource' as const, ...part })),
      ].flatMap(({ kind, text, uses }): Excess[] => [
        ...(uses === 0 ? [{ role, kind, text, actions, problem: 'unused' as const }] : []),
        ...(text.includes('*') ? [{ role, kind, text, actions, problem: 'wildcard' as const }] : []),
      ]);
    }),
  );
  return {
    excess: all.filter((found) => !exceptions.some((exception) => covers(exception, found))),
    stale: exceptions.filter((exception) => !all.some((found) => covers(exception, found))),
  };
}
