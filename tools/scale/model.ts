/** A quota of AWS as the endpoint tells it: a rate by the second and a burst. */
export type Quotas = Readonly<Record<string, { readonly rate: number; readonly burst: number }>>;

/** What one request uses of a quota: of the whole account, of a table, or of one partition that all requests share. */
export type Use = { readonly quota: string; readonly resource: string; readonly units: number };

export type MeasuredOperation = {
  readonly service: string;
  readonly name: string;
  readonly share: number;
  /** On average. */
  readonly uses: readonly Use[];
  /** The most that a request uses of a partition that it shares only with requests of the same user. */
  readonly perUser: Use | undefined;
};

/** The quota that is used up first, and the requests a second at which it is. */
export type Saturation = { readonly rate: number; readonly use: Use };

/** What saturates first when requests come in these shares. */
export function saturationOf(operations: readonly MeasuredOperation[], quotas: Quotas): Saturation {
  const [first] = demandOf(operations)
    .map((use) => ({ rate: (quotas[use.quota]?.rate ?? Number.POSITIVE_INFINITY) / use.units, use }))
    .toSorted((a, b) => a.rate - b.rate);
  if (first === undefined) throw new Error('The operations use nothing.');
  return first;
}

/**
 * The requests a second that succeed of those that come. Requests that use nothing which is used up all succeed; of the
 * others the part that the scarcest of their quotas allows.
 */
export function goodput(operations: readonly MeasuredOperation[], quotas: Quotas, offered: number): number {
  const admitted = new Map(
    demandOf(operations).map(({ quota, resource, units }) => {
      const limit = quotas[quota]?.rate ?? Number.POSITIVE_INFINITY;
      return [`${quota} ${resource}`, Math.min(1, limit / (units * offered))] as const;
    }),
  );
  const shares = operations.reduce((sum, { share }) => sum + share, 0);
  return operations.reduce((sum, { share, uses }) => {
    const parts = uses.map(({ quota, resource }) => admitted.get(`${quota} ${resource}`) ?? 1);
    return sum + offered * (share / shares) * Math.min(1, ...parts);
  }, 0);
}

/** What an average request uses. */
function demandOf(operations: readonly MeasuredOperation[]): readonly Use[] {
  const shares = operations.reduce((sum, { share }) => sum + share, 0);
  const demand = new Map<string, Use>();
  for (const { share, uses } of operations) {
    for (const { quota, resource, units } of uses) {
      const key = `${quota} ${resource}`;
      const before = demand.get(key)?.units ?? 0;
      demand.set(key, { quota, resource, units: before + (units * share) / shares });
    }
  }
  return [...demand.values()];
}
