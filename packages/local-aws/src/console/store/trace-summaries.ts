import type { Span, TraceSummary } from '../api-types.ts';
import type { SpanRow } from './span-row.ts';

type Tally = {
  root: Pick<Span, 'kind' | 'service' | 'resource' | 'operation' | 'startUs'> & { readonly isFirst: boolean };
  httpStatus: number | null;
  readonly stacks: Set<string>;
  startUs: number;
  endUs: number;
  spanCount: number;
  errorCount: number;
  runningCount: number;
  /** Spans that are stored and not evicted. */
  keptCount: number;
  revision: number;
};

/** Adds spans up to one row a trace. */
export class TraceSummaries {
  readonly #tallies = new Map<string, Tally>();

  add(span: SpanRow, revision: number): void {
    const known = this.#tallies.get(span.traceId);
    const tally = known ?? newTally(span);
    if (known === undefined) this.#tallies.set(span.traceId, tally);
    tally.revision = revision;
    tally.startUs = Math.min(tally.startUs, span.startUs);
    tally.endUs = Math.max(tally.endUs, span.startUs + span.durationUs);
    if (span.stack !== null) tally.stacks.add(span.stack);
    if (isBetterRoot(span, tally)) tally.root = rootOf(span);
    if (span.kind === 'request') tally.httpStatus = span.httpStatus ?? tally.httpStatus;
    if (span.isKnown) tally.runningCount -= 1;
    else {
      tally.spanCount += 1;
      tally.keptCount += 1;
    }
    if (span.status === 'running') tally.runningCount += 1;
    if (span.status === 'error') tally.errorCount += 1;
  }

  /** @returns whether it was the last span of the trace */
  evict(traceId: string): boolean {
    const tally = this.#tallies.get(traceId);
    if (tally === undefined) return true;
    tally.keptCount -= 1;
    if (tally.keptCount > 0) return false;
    this.#tallies.delete(traceId);
    return true;
  }

  get(traceId: string): TraceSummary | undefined {
    const tally = this.#tallies.get(traceId);
    if (tally === undefined) return undefined;
    const { root, runningCount, errorCount } = tally;
    return {
      traceId,
      revision: tally.revision,
      entry: root.kind === 'request' ? root.operation : `${root.service} ${root.operation} ${root.resource}`.trim(),
      kind: root.kind,
      service: root.service,
      resource: root.resource,
      httpStatus: tally.httpStatus,
      stacks: [...tally.stacks],
      startUs: tally.startUs,
      durationUs: tally.endUs - tally.startUs,
      spanCount: tally.spanCount,
      errorCount,
      status: runningCount > 0 ? 'running' : errorCount > 0 ? 'error' : 'ok',
    };
  }

  clear(): void {
    this.#tallies.clear();
  }
}

function newTally(span: SpanRow): Tally {
  return {
    root: rootOf(span),
    httpStatus: null,
    stacks: new Set(),
    startUs: span.startUs,
    endUs: span.startUs,
    spanCount: 0,
    errorCount: 0,
    runningCount: 0,
    keptCount: 0,
    revision: 0,
  };
}

function rootOf(span: SpanRow): Tally['root'] {
  const { kind, service, resource, operation, startUs, parentId } = span;
  return { kind, service, resource, operation, startUs, isFirst: parentId === null };
}

/** Spans end inside out: the one without a parent comes last. */
function isBetterRoot(span: SpanRow, { root }: Tally): boolean {
  const isFirst = span.parentId === null;
  return isFirst === root.isFirst ? span.startUs < root.startUs : isFirst;
}
