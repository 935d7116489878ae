import { type ExcessGrant, excessOf } from 'local-aws/permissions';
import { covers, type Exception } from './exceptions.ts';
import type { RoleUsage } from './grant-usage.ts';

type Excess = ExcessGrant & { readonly role: string };

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
  const all = roles.flatMap(({ role, grants }) => excessOf({ grants }).map((excess): Excess => ({ role, ...excess })));
  return {
    excess: all.filter((found) => !exceptions.some((exception) => covers(exception, found))),
    stale: exceptions.filter((exception) => !all.some((found) => covers(exception, found))),
  };
}
