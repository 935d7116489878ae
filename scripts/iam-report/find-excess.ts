import { covers, type Exception } from './exceptions.ts';
import type { GrantUsage } from './grant-usage.ts';

/** An action or resource that a role is granted without need, or wider than it could be. */
export type Excess = {
  readonly role: string;
  readonly kind: 'action' | 'resource';
  readonly text: string;
  readonly problem: 'unused' | 'wildcard';
};

export type Findings = {
  /** Without a written reason. */
  readonly excess: readonly Excess[];
  /** Exceptions that nothing needs any more. */
  readonly stale: readonly Exception[];
};

/** Holds what roles may do against what they did. */
export function findExcess({ roles }: GrantUsage, exceptions: readonly Exception[]): Findings {
  const all = roles.flatMap(({ role, grants }) =>
    grants.flatMap(({ actions, resources }) =>
      (['action', 'resource'] as const).flatMap((kind) =>
        (kind === 'action' ? actions : resources).flatMap(({ text, uses }): Excess[] => [
          ...(uses === 0 ? [{ role, kind, text, problem: 'unused' as const }] : []),
          ...(text.includes('*') ? [{ role, kind, text, problem: 'wildcard' as const }] : []),
        ]),
      ),
    ),
  );
  return {
    excess: all.filter((found) => !exceptions.some((exception) => covers(exception, found))),
    stale: exceptions.filter((exception) => !all.some((found) => covers(exception, found))),
  };
}
