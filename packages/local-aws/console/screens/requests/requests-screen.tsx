import { useState } from 'preact/hooks';
import type { TraceSummary } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Empty, Failure, Skeleton } from '../../parts/state.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { formatCount, formatDuration, formatTime, plural } from '../../state/format.ts';
import { go, hrefTo, route, setQuery } from '../../state/router.ts';
import { isPaused, togglePause, topology } from '../../state/system.ts';
import { RequestFilters } from './request-filters.tsx';
import { useTraces } from './trace-list.ts';

const columns: readonly Column<TraceSummary>[] = [
  {
    name: 'Time',
    width: '104px',
    cell: ({ startUs }) => <span class="mono muted">{formatTime(startUs / 1000)}</span>,
  },
  { name: 'Status', width: '72px', cell: (trace) => <TraceStatus trace={trace} /> },
  {
    name: 'Request',
    width: 'minmax(160px, 3fr)',
    cell: ({ entry }) => <Entry text={entry} />,
  },
  {
    name: 'Services',
    width: 'minmax(120px, 1fr)',
    isExtra: true,
    cell: ({ stacks }) => <span class="muted truncate">{stacks.map(serviceOfStack).join(', ')}</span>,
  },
  { name: 'Spans', width: '64px', isNumber: true, isExtra: true, cell: ({ spanCount }) => formatCount(spanCount) },
  {
    name: 'Errors',
    width: '64px',
    isNumber: true,
    isExtra: true,
    cell: ({ errorCount }) =>
      errorCount === 0 ? <span class="muted">0</span> : <Badge tone="bad">{errorCount}</Badge>,
  },
  {
    name: 'Duration',
    width: '88px',
    isNumber: true,
    cell: ({ durationUs }) => <span class="mono">{formatDuration(durationUs)}</span>,
  },
];

export function RequestsScreen() {
  const [isFollowing, setFollowing] = useState(true);
  const { query } = route.value;
  const filter = {
    q: query.get('q') ?? undefined,
    stack: query.get('stack') ?? undefined,
    resource: query.get('resource') ?? undefined,
    status: query.get('status') ?? undefined,
    minDurationMs: query.get('min') ?? undefined,
  };
  const { traces, isLoading, error, loadMore, reload } = useTraces(filter);
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <div class="page page-full">
      <header class="page-head">
        <h1>Requests</h1>
        <span class="muted page-count">{isLoading ? '' : plural(traces.length, 'request')}</span>
        <span class="spacer" />
        <Button
          icon={isPaused.value ? 'play' : 'pause'}
          onClick={togglePause}
          title={isPaused.value ? 'Show new requests again (p)' : 'Keep the list as it is (p)'}
        >
          {isPaused.value ? 'Resume' : 'Pause'}
        </Button>
        <Button
          icon="down"
          isPressed={isFollowing}
          onClick={() => setFollowing(!isFollowing)}
          title="Keep the newest in view"
        >
          Follow
        </Button>
      </header>
      <RequestFilters />
      {error !== undefined && <Failure message={error} onRetry={reload} />}
      {isLoading && traces.length === 0 ? (
        <Skeleton lines={8} />
      ) : (
        <DataTable
          label="Requests"
          columns={columns}
          rows={traces}
          keyOf={({ traceId }) => traceId}
          onOpen={({ traceId }) => go(hrefTo(['requests', traceId]))}
          toneOf={({ status }) => (status === 'error' ? 'bad' : undefined)}
          follow={isFollowing ? 'start' : undefined}
          onScrollAway={() => setFollowing(false)}
          onEnd={loadMore}
          empty={isFiltered ? <NoMatch /> : <NoRequests />}
        />
      )}
    </div>
  );
}

const NoMatch = () => (
  <Empty icon="search" title="No request fits these filters">
    <Button
      onClick={() =>
        setQuery({ q: undefined, stack: undefined, resource: undefined, status: undefined, min: undefined })
      }
    >
      Clear filters
    </Button>
  </Empty>
);

function NoRequests() {
  const api = topology.value?.nodes.find(({ kind }) => kind === 'api');
  const url = api?.details.url;
  return (
    <Empty icon="requests" title="No requests yet">
      <p>Call an API, and every hop of the request appears here while it runs.</p>
      {typeof url === 'string' && <code class="sample">curl {url}</code>}
      <p>
        Or try one out under <a href={hrefTo(['apis'])}>APIs</a>.
      </p>
    </Empty>
  );
}

function TraceStatus({ trace: { status, httpStatus } }: { readonly trace: TraceSummary }) {
  if (status === 'running') return <StatusMark status="running" />;
  if (httpStatus !== null) {
    const tone = httpStatus >= 500 ? 'bad' : httpStatus >= 400 ? 'warn' : status === 'error' ? 'bad' : 'ok';
    return <Badge tone={tone}>{httpStatus}</Badge>;
  }
  return <StatusMark status={status} />;
}

function Entry({ text }: { readonly text: string }) {
  const [, method, rest] = /^([A-Z]+) (\/.*)$/.exec(text) ?? [];
  if (method === undefined) return <span class="truncate">{text}</span>;
  return (
    <span class="truncate">
      <span class={`method method-${method.toLowerCase()}`}>{method}</span> <span class="mono">{rest}</span>
    </span>
  );
}

function serviceOfStack(name: string): string {
  return topology.value?.stacks.find((stack) => stack.name === name)?.service || name;
}
