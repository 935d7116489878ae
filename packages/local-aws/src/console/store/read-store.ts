import type { SQLInputValue } from 'node:sqlite';
import type { Body, LogLevel, LogLine, LogList, Span, Trace, TraceList, TraceSummary } from '../api-types.ts';
import { logLevels } from './log-level.ts';
import type { Changes, Row, SpanDatabase } from './span-database.ts';
import type { LogFilter, TraceFilter } from './stored.ts';

/** Spans of one trace that are read at most, with those of its batches. */
const maxSpans = 5000;
const maxLines = 5000;

export function listTraces({ database }: SpanDatabase, filter: TraceFilter): TraceList {
  const { q, stack, service, resource, status, minDurationMs, since, limit, cursor } = filter;
  const where = new Conditions();
  if (q !== undefined && q !== '') {
    const like = likePattern(q);
    where.add(
      `(entry LIKE ? ESCAPE '\\' OR trace_id LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM span WHERE span.trace_id = trace.trace_id
        AND (input LIKE ? ESCAPE '\\' OR output LIKE ? ESCAPE '\\' OR error LIKE ? ESCAPE '\\' OR resource LIKE ? ESCAPE '\\' OR request_id = ?)))`,
      like,
      like,
      like,
      like,
      like,
      like,
      q,
    );
  }
  if (stack !== undefined) where.add('EXISTS (SELECT 1 FROM json_each(stacks) WHERE value = ?)', stack);
  const inSpan = (column: string) =>
    `EXISTS (SELECT 1 FROM span WHERE span.trace_id = trace.trace_id AND span.${column} = ?)`;
  if (service !== undefined) where.add(inSpan('service'), service);
  if (resource !== undefined) where.add(inSpan('resource'), resource);
  if (status !== undefined) where.add('status = ?', status);
  if (minDurationMs !== undefined) where.add('duration_us >= ?', minDurationMs * 1000);
  if (since !== undefined) where.add('start_us >= ?', since * 1000);
  const after = readCursor(cursor);
  if (after !== undefined) where.add('(start_us, trace_id) < (?, ?)', after.position, after.id);
  const rows = database
    .prepare(`SELECT * FROM trace ${where.sql} ORDER BY start_us DESC, trace_id DESC LIMIT ?`)
    .all(...where.values, limit + 1);
  const traces = rows.slice(0, limit).map(readTrace);
  const last = rows.length > limit ? traces.at(-1) : undefined;
  return { traces, nextCursor: last === undefined ? null : `${last.startUs}-${last.traceId}` };
}

export function listLogs({ database }: SpanDatabase, filter: LogFilter): LogList {
  const { q, group, level, traceId, correlationId, since, limit, cursor } = filter;
  const where = new Conditions();
  if (q !== undefined && q !== '') where.add("message LIKE ? ESCAPE '\\'", likePattern(q));
  if (filter.function !== undefined) where.add('function_name = ?', filter.function);
  if (group !== undefined) where.add('log_group = ?', group);
  if (level !== undefined && level !== 'PLATFORM') {
    const shown = logLevels.slice(logLevels.indexOf(level));
    where.add(`level IN (${shown.map(() => '?').join(', ')})`, ...shown);
  }
  if (traceId !== undefined) where.add('trace_id = ?', traceId);
  if (correlationId !== undefined) where.add('correlation_id = ?', correlationId);
  if (since !== undefined) where.add('timestamp >= ?', since);
  const after = readCursor(cursor);
  if (after !== undefined) where.add('seq < ?', after.position);
  const rows = database
    .prepare(`SELECT * FROM log ${where.sql} ORDER BY seq DESC LIMIT ?`)
    .all(...where.values, limit + 1);
  const logs = rows.slice(0, limit).map(readLine);
  const last = rows.length > limit ? logs.at(-1) : undefined;
  return { logs, nextCursor: last === undefined ? null : `${last.seq}-` };
}

/** The trace and, with them, the batches that have its messages, and what followed from those. */
const withBatches = `WITH RECURSIVE related (id) AS (
  SELECT ? UNION SELECT batch_trace_id FROM link JOIN related ON link.trace_id = related.id
)`;

export function readWholeTrace(store: SpanDatabase, traceId: string): Trace | undefined {
  const summary = store.summaries.get(traceId);
  if (summary === undefined) return undefined;
  const { database } = store;
  const spans = database
    .prepare(
      `${withBatches} SELECT * FROM span WHERE trace_id IN (SELECT id FROM related) ORDER BY start_us, revision LIMIT ?`,
    )
    .all(traceId, maxSpans)
    .map(readSpan);
  const logs = database
    .prepare(`${withBatches} SELECT * FROM log WHERE trace_id IN (SELECT id FROM related) ORDER BY seq LIMIT ?`)
    .all(traceId, maxLines)
    .map(readLine);
  return { summary, spans, logs };
}

export function readOneSpan({ database }: SpanDatabase, spanId: string): Span | undefined {
  const row = database.prepare('SELECT * FROM span WHERE span_id = ?').get(spanId);
  return row && readSpan(row);
}

/** What came after a revision; undefined when some of it is forgotten already. */
export function changesSince(store: SpanDatabase, revision: number): Changes | undefined {
  const { database } = store;
  if (revision > store.revision) return undefined;
  const oldest = database
    .prepare('SELECT min(n) AS n FROM (SELECT min(revision) AS n FROM span UNION ALL SELECT min(seq) FROM log)')
    .get();
  const first = Number(oldest?.n ?? 0);
  if (first > revision + 1 && store.revision > revision && revision > 0) return undefined;
  return {
    traces: database.prepare('SELECT * FROM trace WHERE revision > ? ORDER BY revision').all(revision).map(readTrace),
    spans: database
      .prepare('SELECT * FROM span WHERE revision > ? ORDER BY revision')
      .all(revision)
      .map((row) => {
        const { input: _input, output: _output, ...span } = readSpan(row);
        return { revision: Number(row.revision), span };
      }),
    logs: database.prepare('SELECT * FROM log WHERE seq > ? ORDER BY seq').all(revision).map(readLine),
  };
}

class Conditions {
  readonly values: SQLInputValue[] = [];
  readonly #conditions: string[] = [];

  add(condition: string, ...values: SQLInputValue[]): void {
    this.#conditions.push(condition);
    this.values.push(...values);
  }

  get sql(): string {
    return this.#conditions.length === 0 ? '' : `WHERE ${this.#conditions.join(' AND ')}`;
  }
}

function likePattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

function readCursor(cursor: string | undefined): { readonly position: number; readonly id: string } | undefined {
  const [, position, id = ''] = /^(\d+)-(\w*)$/.exec(cursor ?? '') ?? [];
  return position === undefined ? undefined : { position: Number(position), id };
}

function readTrace(row: Row): TraceSummary {
  return {
    traceId: text(row.trace_id),
    revision: Number(row.revision),
    entry: text(row.entry),
    kind: oneOf(row.kind, kinds),
    service: text(row.service),
    resource: text(row.resource),
    httpStatus: row.http_status === null ? null : Number(row.http_status),
    stacks: JSON.parse(text(row.stacks)),
    startUs: Number(row.start_us),
    durationUs: Number(row.duration_us),
    spanCount: Number(row.span_count),
    errorCount: Number(row.error_count),
    status: oneOf(row.status, ['ok', 'error', 'running'] as const),
  };
}

function readSpan(row: Row): Span {
  return {
    traceId: text(row.trace_id),
    spanId: text(row.span_id),
    parentId: nullable(row.parent_id),
    links: JSON.parse(text(row.links)),
    kind: oneOf(row.kind, kinds),
    service: text(row.service),
    resource: text(row.resource),
    operation: text(row.operation),
    nodeId: nullable(row.node_id),
    startUs: Number(row.start_us),
    durationUs: Number(row.duration_us),
    status: oneOf(row.status, ['ok', 'error', 'running', 'filtered'] as const),
    error: row.error === null ? null : JSON.parse(text(row.error)),
    attempt: Number(row.attempt),
    requestId: nullable(row.request_id),
    iam: JSON.parse(text(row.iam)),
    input: readBody(row.input, row.input_about),
    output: readBody(row.output, row.output_about),
    attributes: JSON.parse(text(row.attributes)),
  };
}

function readBody(body: Column, about: Column): Body | null {
  return body === null || body === undefined ? null : { text: text(body), ...JSON.parse(text(about)) };
}

function readLine(row: Row): LogLine {
  return {
    seq: Number(row.seq),
    traceId: nullable(row.trace_id),
    spanId: nullable(row.span_id),
    group: text(row.log_group),
    functionName: text(row.function_name),
    timestamp: Number(row.timestamp),
    level: oneOf<LogLevel>(row.level, [...logLevels, 'PLATFORM']),
    message: text(row.message),
    correlationId: nullable(row.correlation_id),
  };
}

type Column = Row[string] | undefined;

const kinds = ['request', 'gateway', 'authorizer', 'invocation', 'call', 'delivery'] as const;

function oneOf<T extends string>(value: Column, values: readonly T[]): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`${String(value)} is not one of ${values.join(', ')}`);
  return found;
}

function text(value: Column): string {
  return typeof value === 'string' ? value : '';
}

function nullable(value: Column): string | null {
  return typeof value === 'string' ? value : null;
}
