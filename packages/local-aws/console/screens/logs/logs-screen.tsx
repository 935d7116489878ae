import { useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { route, setQuery } from '../../state/router.ts';
import { isPaused, togglePause, topology } from '../../state/system.ts';
import { LogTable } from './log-table.tsx';

const levels = [
  ['', 'all levels'],
  ['PLATFORM', 'with START, END and REPORT'],
  ['INFO', 'INFO or higher'],
  ['WARN', 'WARN or higher'],
  ['ERROR', 'ERROR or higher'],
] as const;

export function LogsScreen() {
  const [isFollowing, setFollowing] = useState(true);
  const { query } = route.value;
  const get = (name: string): string | undefined => query.get(name) ?? undefined;
  const functions = topology.value?.nodes.filter(({ kind }) => kind === 'function') ?? [];
  return (
    <div class="page page-full">
      <header class="page-head">
        <h1>Logs</h1>
        <span class="spacer" />
        <Button icon={isPaused.value ? 'play' : 'pause'} onClick={togglePause}>
          {isPaused.value ? 'Resume' : 'Pause'}
        </Button>
        <Button
          icon="down"
          isPressed={isFollowing}
          title="Keep the newest in view"
          onClick={() => setFollowing(!isFollowing)}
        >
          Follow
        </Button>
      </header>
      <search class="filters" aria-label="Filter log lines">
        <SearchField label="Text in the line" value={get('q') ?? ''} onChange={(q) => setQuery({ q })} />
        <select
          class="input"
          aria-label="Level"
          value={get('level') ?? ''}
          onChange={({ currentTarget }) => setQuery({ level: currentTarget.value })}
        >
          {levels.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <select
          class="input"
          aria-label="Function"
          value={get('function') ?? ''}
          onChange={({ currentTarget }) => setQuery({ function: currentTarget.value })}
        >
          <option value="">all functions</option>
          {functions.map(({ id, physicalId, name }) => (
            <option key={id} value={physicalId}>
              {name}
            </option>
          ))}
        </select>
        <SearchField
          label="Correlation id"
          value={get('correlationId') ?? ''}
          onChange={(correlationId) => setQuery({ correlationId })}
        />
        {get('traceId') !== undefined && (
          <span class="chip">
            <span class="truncate mono">{get('traceId')}</span>
            <Button icon="close" look="quiet" label="All requests" onClick={() => setQuery({ traceId: undefined })} />
          </span>
        )}
      </search>
      <LogTable
        filter={{
          q: get('q'),
          level: get('level'),
          function: get('function'),
          correlationId: get('correlationId'),
          traceId: get('traceId'),
        }}
        isFollowing={isFollowing}
        onScrollAway={() => setFollowing(false)}
      />
    </div>
  );
}
