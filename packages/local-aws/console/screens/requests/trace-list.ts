import { useEffect, useRef, useState } from 'preact/hooks';
import type { TraceList, TraceSummary } from '../../../src/console/api-types.ts';
import { read } from '../../state/api.ts';
import { dataVersion, onTraces } from '../../state/system.ts';

export type TraceFilter = {
  readonly q?: string | undefined;
  readonly stack?: string | undefined;
  readonly resource?: string | undefined;
  readonly status?: string | undefined;
  readonly minDurationMs?: string | undefined;
};

export type LiveTraces = {
  readonly traces: readonly TraceSummary[];
  readonly isLoading: boolean;
  readonly error: string | undefined;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
};

const pageSize = 200;
/** The page does not grow with what it shows. */
const maxTraces = 10_000;
const refreshMs = 400;

/**
 * The traces that fit a filter, newest first, as they come. Without a filter, live events are the list; with one, only
 * the endpoint knows what fits, so the newest page is read again.
 */
export function useTraces(filter: TraceFilter): LiveTraces {
  const [traces, setTraces] = useState<readonly TraceSummary[]>([]);
  const [isLoading, setLoading] = useState(true);
  const [error, setError] = useState<string | undefined>(undefined);
  const [cursor, setCursor] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const isBusy = useRef(false);
  const key = JSON.stringify(filter);
  const isFiltered = Object.values(filter).some(Boolean);
  const version = dataVersion.value;

  // `key` stands for the filter.
  useEffect(() => {
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const readPage = (merge: boolean): Promise<void> =>
      read<TraceList>('/traces', { ...filter, limit: pageSize }).then(
        (page) => {
          if (!isCurrent) return;
          setTraces((before) => (merge ? upsert(before, page.traces) : page.traces));
          if (!merge) setCursor(page.nextCursor);
          setLoading(false);
          setError(undefined);
        },
        (failure: unknown) => {
          if (!isCurrent) return;
          setLoading(false);
          setError(failure instanceof Error ? failure.message : String(failure));
        },
      );
    void readPage(false);
    const stop = onTraces((changed) => {
      if (!isFiltered) setTraces((before) => upsert(before, changed));
      else timer ??= setTimeout(() => void readPage(true).finally(() => (timer = undefined)), refreshMs);
    });
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      stop();
    };
  }, [key, round, version]);

  const loadMore = (): void => {
    if (cursor === null || isBusy.current || traces.length >= maxTraces) return;
    isBusy.current = true;
    read<TraceList>('/traces', { ...filter, limit: pageSize, cursor })
      .then(
        (page) => {
          setTraces((before) => upsert(before, page.traces));
          setCursor(page.nextCursor);
        },
        () => {},
      )
      .finally(() => (isBusy.current = false));
  };
  return { traces, isLoading, error, hasMore: cursor !== null, loadMore, reload: () => setRound(round + 1) };
}

/** Puts new traces in and newer states of traces over older ones. */
function upsert(before: readonly TraceSummary[], changed: readonly TraceSummary[]): readonly TraceSummary[] {
  const byId = new Map(before.map((trace) => [trace.traceId, trace]));
  for (const trace of changed) {
    const known = byId.get(trace.traceId);
    if (known === undefined || known.revision <= trace.revision) byId.set(trace.traceId, trace);
  }
  return [...byId.values()].sort((a, b) => b.startUs - a.startUs).slice(0, maxTraces);
}
