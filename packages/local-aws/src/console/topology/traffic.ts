import type { Counts, EdgeKind, NodeCounts } from '../api-types.ts';

/** Counts per bucket of time: enough for "in the last minute" without keeping each event. */
const bucketMs = 5000;
const minuteBuckets = 12;
const fiveMinuteBuckets = 60;

type Tally = { readonly buckets: Map<number, number>; lastAt: number };
export type UsedEdge = { readonly from: string; readonly to: string; readonly kind: EdgeKind };

/** How often nodes were called and edges were used lately. */
export class Traffic {
  readonly #calls = new Map<string, Tally>();
  readonly #errors = new Map<string, Tally>();
  readonly #edgeTallies = new Map<string, Tally>();
  readonly #edges = new Map<string, UsedEdge>();

  /** Edges that were used since the start, by id. */
  get used(): ReadonlyMap<string, UsedEdge> {
    return this.#edges;
  }

  call(nodeId: string, isError: boolean, now: number): void {
    count(this.#calls, nodeId, now);
    if (isError) count(this.#errors, nodeId, now);
  }

  edge(edge: UsedEdge, now: number): void {
    const id = `${edge.from} ${edge.kind} ${edge.to}`;
    if (!this.#edges.has(id)) this.#edges.set(id, edge);
    count(this.#edgeTallies, id, now);
  }

  nodes(now: number): Map<string, Pick<NodeCounts, 'calls' | 'errors'>> {
    const counts = new Map<string, Pick<NodeCounts, 'calls' | 'errors'>>();
    for (const [id, tally] of this.#calls) {
      const calls = sum(tally, now, fiveMinuteBuckets);
      const errors = this.#errors.get(id);
      if (calls > 0) counts.set(id, { calls, errors: errors === undefined ? 0 : sum(errors, now, fiveMinuteBuckets) });
    }
    return counts;
  }

  edges(now: number): Counts['edges'] {
    return Object.fromEntries(
      [...this.#edgeTallies].map(([id, tally]) => [
        id,
        { lastMinute: sum(tally, now, minuteBuckets), lastAt: tally.lastAt },
      ]),
    );
  }
}

function count(tallies: Map<string, Tally>, id: string, now: number): void {
  const tally = tallies.get(id) ?? { buckets: new Map<number, number>(), lastAt: 0 };
  tallies.set(id, tally);
  tally.lastAt = now;
  const bucket = Math.floor(now / bucketMs);
  tally.buckets.set(bucket, (tally.buckets.get(bucket) ?? 0) + 1);
  if (tally.buckets.size <= fiveMinuteBuckets) return;
  for (const old of tally.buckets.keys()) if (old <= bucket - fiveMinuteBuckets) tally.buckets.delete(old);
}

function sum({ buckets }: Tally, now: number, length: number): number {
  const last = Math.floor(now / bucketMs);
  let total = 0;
  for (const [bucket, value] of buckets) if (bucket > last - length) total += value;
  return total;
}
