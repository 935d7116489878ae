import type { Use } from './model.ts';

/** What the endpoint counted at one resource. */
export type Usage = {
  readonly quota: string;
  readonly resource: string;
  readonly used: number;
  readonly refused: number;
};

/** What was used between two looks at the endpoint, for each of `requests` requests. */
export function usesBetween(before: readonly Usage[], after: readonly Usage[], requests: number): readonly Use[] {
  const counted = new Map(before.map(({ quota, resource, used }) => [`${quota} ${resource}`, used]));
  return after.flatMap(({ quota, resource, used }) => {
    const units = (used - (counted.get(`${quota} ${resource}`) ?? 0)) / requests;
    return units > 0 ? [{ quota, resource, units }] : [];
  });
}

/**
 * Tells partitions that all requests share from those that belong to a user or an item: the former get far more than the
 * even share of one of the users.
 */
export function splitByKey(uses: readonly Use[], users: number): { shared: readonly Use[]; perUser: Use | undefined } {
  const totals = new Map<string, number>();
  for (const use of uses) totals.set(placeOf(use), (totals.get(placeOf(use)) ?? 0) + use.units);
  const isOwn = (use: Use): boolean =>
    use.quota.startsWith('partition') && use.units < (3 * (totals.get(placeOf(use)) ?? 0)) / users;
  // Each user sends one of so many requests: what the partition of a user gets of an average one is that share.
  const own = uses.filter(isOwn).map((use) => ({ ...use, units: use.units * users }));
  return {
    // New environments are counted while there are none yet, and never again.
    shared: uses.filter((use) => !isOwn(use) && use.quota !== 'functionScaling'),
    perUser: own.toSorted((a, b) => b.units - a.units)[0],
  };
}

/**
 * The invocations of all functions as one use of the account's quota. Those of consumers count as under load, which fills
 * their batches: here each record came in a batch of its own.
 */
export function withFullBatches(uses: readonly Use[], batchSizeOf: (functionName: string) => number): readonly Use[] {
  const isInvocation = ({ quota }: Use): boolean => quota === 'functionRequests';
  const invocations = uses.filter(isInvocation);
  if (invocations.length === 0) return uses;
  const units = invocations.reduce((sum, use) => sum + use.units / batchSizeOf(use.resource.split('/')[1] ?? ''), 0);
  const others = uses.filter((use) => !isInvocation(use));
  return [...others, { quota: 'functionRequests', resource: invocations[0]?.resource.split('/')[0] ?? '', units }];
}

/** The table or index of a partition, of reads or of writes. */
function placeOf({ quota, resource }: Use): string {
  return `${quota} ${resource.split(' ')[0]}`;
}
