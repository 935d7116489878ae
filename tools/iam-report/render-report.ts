import { describeException } from './exceptions.ts';
import type { Findings } from './find-excess.ts';
import type { GrantUsage, RoleUsage } from './grant-usage.ts';

/** Every role with what it is granted, how often that was used, and what was refused to it. */
export function renderUsage({ roles }: GrantUsage): string {
  return roles.map(renderRole).join('\n\n');
}

function renderRole({ role, grants, denied }: RoleUsage): string {
  const rows = grants.flatMap(({ actions, resources }) => [
    ...actions.map(({ text, uses }) => row(uses, text)),
    ...resources.map(({ text, uses }) => row(uses, `  on ${text}`)),
  ]);
  const refusals = denied.map(({ action, resource, count }) => row(count, `DENIED ${action} on ${resource}`));
  return [role, ...rows, ...refusals].join('\n');
}

function row(count: number, text: string): string {
  return `${count === 0 ? 'never' : count}`.padStart(8).concat(`  ${text}`);
}

/** What has to be mended, or given a reason. */
export function renderFindings({ excess, stale }: Findings): string {
  return [
    ...excess.map(
      ({ role, kind, text, problem }) =>
        `${role}: ${kind} ${text} ${problem === 'unused' ? 'was never used' : 'is a wildcard'}`,
    ),
    ...stale.map((exception) => `The exception for ${describeException(exception)} covers nothing: remove it`),
  ].join('\n');
}
