import { useEffect, useState } from 'preact/hooks';
import type { LogLevel, LogLine, LogList } from '../../../src/console/api-types.ts';
import { read } from '../../state/api.ts';
import { followLive } from '../../state/live.ts';
import { dataVersion, isPaused } from '../../state/system.ts';

export type LogFilter = {
  readonly q?: string | undefined;
  readonly function?: string | undefined;
  readonly level?: string | undefined;
  readonly traceId?: string | undefined;
  readonly correlationId?: string | undefined;
};

const pageSize = 1000;
const maxLines = 10_000;
/** Without a filter the lines that Lambda writes itself are left out. */
const lowestShown: LogLevel = 'TRACE';
const order: readonly LogLevel[] = ['PLATFORM', 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** The lines that fit, the oldest first, and those that come. */
export function useLogs(filter: LogFilter) {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [isLoading, setLoading] = useState(true);
  const [error, setError] = useState<string | undefined>(undefined);
  const [round, setRound] = useState(0);
  const key = JSON.stringify(filter);
  const version = dataVersion.value;
  // `key` stands for the filter.
  useEffect(() => {
    let isCurrent = true;
    const add = (more: readonly LogLine[], isNew: boolean): void =>
      setLines((before) => {
        const bySeq = new Map([...(isNew ? [] : before), ...more].map((line) => [line.seq, line]));
        return [...bySeq.values()].sort((a, b) => a.seq - b.seq).slice(-maxLines);
      });
    read<LogList>('/logs', { ...filter, level: filter.level || lowestShown, limit: pageSize })
      .then(
        ({ logs }) => {
          if (!isCurrent) return;
          add(logs, true);
          setError(undefined);
        },
        (failure: unknown) => isCurrent && setError(failure instanceof Error ? failure.message : String(failure)),
      )
      .finally(() => isCurrent && setLoading(false));
    const stop = followLive('?logs=true', {
      onEvents: (events) => {
        if (isPaused.peek()) return;
        const fitting = events.flatMap(({ event, data }) => (event === 'log' && fits(data, filter) ? [data] : []));
        if (fitting.length > 0) add(fitting, false);
      },
    });
    return () => {
      isCurrent = false;
      stop();
    };
  }, [key, round, version]);
  return { lines, isLoading, error, reload: () => setRound(round + 1) };
}

/** As `GET /_local/api/logs` filters. */
function fits(line: LogLine, filter: LogFilter): boolean {
  const lowest = order.find((level) => level === filter.level) ?? lowestShown;
  return (
    order.indexOf(line.level) >= order.indexOf(lowest) &&
    (!filter.q || line.message.toLowerCase().includes(filter.q.toLowerCase())) &&
    (!filter.function || line.functionName === filter.function) &&
    (!filter.traceId || line.traceId === filter.traceId) &&
    (!filter.correlationId || line.correlationId === filter.correlationId)
  );
}
