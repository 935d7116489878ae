import { useState } from 'preact/hooks';
import type { LogLine } from '../../../src/console/api-types.ts';
import { Button } from '../../parts/button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { LevelBadge, LogMessage, logText } from '../../parts/log-lines.tsx';
import { Empty, Failure, Skeleton } from '../../parts/state.tsx';
import { formatDate, formatTime } from '../../state/format.ts';
import { hrefTo } from '../../state/router.ts';
import { type LogFilter, useLogs } from './use-logs.ts';

const columns: readonly Column<LogLine>[] = [
  { name: 'Time', width: '104px', cell: ({ timestamp }) => <span class="mono muted">{formatTime(timestamp)}</span> },
  { name: 'Level', width: '80px', cell: ({ level }) => <LevelBadge level={level} /> },
  {
    name: 'Function',
    width: 'minmax(100px, 220px)',
    isExtra: true,
    cell: ({ functionName, group }) => <span class="truncate muted">{functionName || group}</span>,
  },
  {
    name: 'Message',
    width: 'minmax(140px, 1fr)',
    cell: ({ message }) => <code class="truncate">{logText(message)}</code>,
  },
];

type LogTableProps = { readonly filter: LogFilter; readonly isFollowing?: boolean; readonly onScrollAway?: () => void };

/** Lines of logs, the newest last, as they come; one that is chosen is shown whole. */
export function LogTable({ filter, isFollowing = true, onScrollAway }: LogTableProps) {
  const [selected, setSelected] = useState<LogLine | undefined>(undefined);
  const { lines, isLoading, error, reload } = useLogs(filter);
  if (error !== undefined && lines.length === 0) return <Failure message={error} onRetry={reload} />;
  if (isLoading && lines.length === 0) return <Skeleton lines={8} />;
  return (
    <div class={`split${selected === undefined ? '' : ' is-split'}`}>
      <DataTable
        label="Log lines"
        columns={columns}
        rows={lines}
        keyOf={({ seq }) => String(seq)}
        selected={selected && String(selected.seq)}
        onOpen={setSelected}
        toneOf={({ level }) => (level === 'ERROR' || level === 'FATAL' ? 'bad' : undefined)}
        follow={isFollowing && selected === undefined ? 'end' : undefined}
        {...(onScrollAway !== undefined && { onScrollAway })}
        empty={
          <Empty icon="logs" title="No log lines">
            <p>What functions log appears here at once. Filters may hide lines.</p>
          </Empty>
        }
      />
      {selected !== undefined && (
        <section class="details" aria-label="Log line">
          <header class="details-head">
            <LevelBadge level={selected.level} />
            <h2 class="truncate">{selected.functionName || selected.group}</h2>
            <span class="spacer" />
            {selected.traceId !== null && (
              <a href={hrefTo(['requests', selected.traceId], { span: selected.spanId ?? undefined })}>
                Show the request
              </a>
            )}
            <Button icon="close" look="quiet" label="Close the details" onClick={() => setSelected(undefined)} />
          </header>
          <div class="details-pad details-scroll">
            <p class="muted">{formatDate(selected.timestamp)}</p>
            <LogMessage message={selected.message} />
          </div>
        </section>
      )}
    </div>
  );
}
