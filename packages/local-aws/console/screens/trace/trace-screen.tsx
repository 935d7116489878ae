import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Trace } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Failure, Skeleton } from '../../parts/state.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { ApiError, read } from '../../state/api.ts';
import { formatDate, formatDuration, plural } from '../../state/format.ts';
import { hrefTo, route, setQuery } from '../../state/router.ts';
import { addShortcut } from '../../state/shortcuts.ts';
import { onTraces } from '../../state/system.ts';
import { SpanDetails } from './span-details.tsx';
import { Waterfall } from './waterfall.tsx';

const refreshMs = 250;

export function TraceScreen({ traceId }: { readonly traceId: string }) {
  const { trace, error, reload } = useTrace(traceId);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const selected = route.value.query.get('span') ?? undefined;
  const select = useCallback((span: string | undefined) => setQuery({ span }), []);
  const fold = useCallback(
    (spanId: string, isFolded: boolean) =>
      setFolded((before) => {
        const next = new Set(before);
        if (isFolded) next.add(spanId);
        else next.delete(spanId);
        return next;
      }),
    [],
  );
  useEffect(() => addShortcut({ keys: 'Escape', label: 'Close the details', run: () => select(undefined) }), [select]);
  const span = useMemo(() => trace?.spans.find(({ spanId }) => spanId === selected), [trace, selected]);
  const logs = useMemo(() => trace?.logs.filter(({ spanId }) => spanId === selected) ?? [], [trace, selected]);

  if (error !== undefined && trace === undefined) {
    return (
      <div class="page">
        <BackLink />
        <Failure message={error} onRetry={reload} />
      </div>
    );
  }
  if (trace === undefined) {
    return (
      <div class="page">
        <BackLink />
        <Skeleton lines={10} />
      </div>
    );
  }
  const { summary } = trace;
  return (
    <div class="page page-full trace">
      <header class="page-head">
        <BackLink />
        <h1 class="truncate">{summary.entry}</h1>
        <StatusMark status={summary.status} />
        {summary.httpStatus !== null && (
          <Badge tone={summary.httpStatus >= 400 ? 'bad' : 'ok'}>{summary.httpStatus}</Badge>
        )}
        <span class="spacer" />
        <span class="trace-facts muted">
          <span>{formatDate(summary.startUs / 1000)}</span>
          <span>{formatDuration(summary.durationUs)}</span>
          <span>{plural(trace.spans.length, 'span')}</span>
          {trace.logs.length > 0 && <a href={hrefTo(['logs'], { traceId })}>{plural(trace.logs.length, 'log line')}</a>}
        </span>
        <CopyButton label="Copy the trace id" text={() => traceId} />
        {span === undefined && (
          <Button onClick={() => select(trace.spans[0]?.spanId)} icon="chevron">
            Details
          </Button>
        )}
      </header>
      <div class={`split${span === undefined ? '' : ' is-split'}`}>
        <Waterfall spans={trace.spans} selected={selected} onSelect={select} folded={folded} onFold={fold} />
        {span !== undefined && (
          <SpanDetails key={span.spanId} span={span} logs={logs} onClose={() => select(undefined)} />
        )}
      </div>
    </div>
  );
}

const BackLink = () => (
  <a class="back" href={hrefTo(['requests'])} aria-label="Back to Requests">
    <Icon name="chevron" />
  </a>
);

/** A trace as it grows. A replayed one is known by its id before its first span has ended, so that 404 is tried again. */
function useTrace(traceId: string) {
  const [trace, setTrace] = useState<Trace | undefined>(undefined);
  const [error, setError] = useState<string | undefined>(undefined);
  const [round, setRound] = useState(0);
  const members = useRef<ReadonlySet<string>>(new Set([traceId]));
  // `round` asks for another try.
  useEffect(() => {
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let misses = 0;
    const later = (ms: number): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void load();
      }, ms);
    };
    const load = (): Promise<void> =>
      read<Trace>(`/traces/${encodeURIComponent(traceId)}`).then(
        (newest) => {
          if (!isCurrent) return;
          members.current = new Set([traceId, ...newest.spans.map((span) => span.traceId)]);
          setTrace(newest);
          setError(undefined);
          if (newest.summary.status === 'running') later(1000);
        },
        (failure: unknown) => {
          if (!isCurrent) return;
          misses += 1;
          if (failure instanceof ApiError && failure.status === 404 && misses < 20) later(refreshMs);
          else setError(failure instanceof Error ? failure.message : String(failure));
        },
      );
    void load();
    const stop = onTraces((traces) => {
      if (traces.some((changed) => members.current.has(changed.traceId))) later(refreshMs);
    });
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      stop();
    };
  }, [traceId, round]);
  return { trace, error, reload: () => setRound(round + 1) };
}
