import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import type { Body, LogLine, Span, TraceSummary } from '../api-types.ts';
import { readLogLine } from './log-level.ts';
import { redact, redactHeaders } from './redact.ts';
import { schema } from './schema.ts';
import { type SpanRow, spanWithoutPayloads } from './span-row.ts';
import type { BatchRows, StoredLog, StoreLimits } from './stored.ts';
import { TraceSummaries } from './trace-summaries.ts';

export type Row = Record<string, SQLOutputValue>;

/** What a batch changed, for those who follow. */
export type Changes = {
  readonly traces: readonly TraceSummary[];
  readonly spans: readonly { readonly revision: number; readonly span: Omit<Span, 'input' | 'output'> }[];
  readonly logs: readonly LogLine[];
};

/** What a batch wrote, without credentials. */
export type Written = {
  readonly traces: readonly TraceSummary[];
  readonly spans: readonly { readonly revision: number; readonly row: SpanRow }[];
  readonly logs: readonly LogLine[];
};

export function changesOf({ traces, spans, logs }: Written): Changes {
  return { traces, logs, spans: spans.map(({ revision, row }) => ({ revision, span: spanWithoutPayloads(row) })) };
}

/** Spans and log lines in memory: a ring that forgets the oldest beyond its limits. */
export class SpanDatabase {
  readonly database = new DatabaseSync(':memory:');
  readonly summaries = new TraceSummaries();
  readonly #limits: StoreLimits;
  readonly #putSpan: StatementSync;
  readonly #putLink: StatementSync;
  readonly #putTrace: StatementSync;
  readonly #putLog: StatementSync;
  /** One sequence for spans, traces and lines: what `Last-Event-ID` counts. */
  #revision = 0;
  #spanCount = 0;
  #logCount = 0;
  #spanBytes = 0;
  #logBytes = 0;

  constructor(limits: StoreLimits) {
    this.#limits = limits;
    const { database } = this;
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;');
    database.exec(schema);
    this.#putSpan = database.prepare(`INSERT OR REPLACE INTO span VALUES (${questionMarks(23)})`);
    this.#putLink = database.prepare('INSERT OR IGNORE INTO link VALUES (?, ?)');
    this.#putTrace = database.prepare(`INSERT OR REPLACE INTO trace VALUES (${questionMarks(13)})`);
    this.#putLog = database.prepare(`INSERT INTO log VALUES (${questionMarks(10)})`);
  }

  get revision(): number {
    return this.#revision;
  }

  /** How much is kept. */
  get size(): { readonly spans: number; readonly logs: number; readonly bytes: number } {
    return { spans: this.#spanCount, logs: this.#logCount, bytes: this.#spanBytes + this.#logBytes };
  }

  write({ spans, logs }: BatchRows): Written {
    this.database.exec('BEGIN');
    const writtenSpans = spans.map((span) => this.#writeSpan(span));
    const writtenLogs = logs.map((line) => this.#writeLog(line));
    const traces = [...new Set(spans.map(({ traceId }) => traceId))].flatMap((traceId) => this.#writeTrace(traceId));
    this.#evict();
    this.database.exec('COMMIT');
    return { traces, spans: writtenSpans, logs: writtenLogs };
  }

  clear(): void {
    this.database.exec('DELETE FROM span; DELETE FROM link; DELETE FROM trace; DELETE FROM log;');
    this.summaries.clear();
    this.#spanCount = 0;
    this.#logCount = 0;
    this.#spanBytes = 0;
    this.#logBytes = 0;
  }

  #next(): number {
    this.#revision += 1;
    return this.#revision;
  }

  #writeSpan(unsafe: SpanRow): Written['spans'][number] {
    const revision = this.#next();
    const span = redactRow(unsafe);
    const { input, output } = span;
    const texts = [span.error, span.links, span.iam, span.attributes, input?.text, output?.text];
    const bytes = texts.reduce((sum, text) => sum + (text?.length ?? 0), 300);
    if (span.isKnown) {
      const known = this.database.prepare('SELECT bytes FROM span WHERE span_id = ?').get(span.spanId);
      // It may have been evicted while it ran.
      if (known !== undefined) {
        this.#spanBytes -= Number(known.bytes);
        this.#spanCount -= 1;
      }
    }
    this.#putSpan.run(
      revision,
      span.traceId,
      span.spanId,
      span.parentId,
      span.kind,
      span.service,
      span.resource,
      span.operation,
      span.nodeId,
      span.startUs,
      span.durationUs,
      span.status,
      span.error,
      span.attempt,
      span.requestId,
      span.links,
      span.iam,
      input?.text ?? null,
      aboutOf(input),
      output?.text ?? null,
      aboutOf(output),
      span.attributes,
      bytes,
    );
    this.#spanBytes += bytes;
    this.#spanCount += 1;
    for (const traceId of span.linkedTraceIds) this.#putLink.run(traceId, span.traceId);
    this.summaries.add(span, revision);
    return { revision, row: span };
  }

  #writeTrace(traceId: string): TraceSummary[] {
    const trace = this.summaries.get(traceId);
    if (trace === undefined) return [];
    const entry = redact(trace.entry);
    this.#putTrace.run(
      traceId,
      trace.revision,
      entry,
      trace.kind,
      trace.service,
      trace.resource,
      trace.httpStatus,
      JSON.stringify(trace.stacks),
      trace.startUs,
      trace.durationUs,
      trace.spanCount,
      trace.errorCount,
      trace.status,
    );
    return [{ ...trace, entry }];
  }

  #writeLog(line: StoredLog): LogLine {
    const seq = this.#next();
    const message = redact(line.message);
    const { level, correlationId } = readLogLine(message);
    const { traceId, spanId, group, functionName, timestamp } = line;
    const bytes = 150 + message.length;
    this.#putLog.run(seq, traceId, spanId, group, functionName, timestamp, level, message, correlationId, bytes);
    this.#logBytes += bytes;
    this.#logCount += 1;
    return { seq, traceId, spanId, group, functionName, timestamp, level, message, correlationId };
  }

  /** Deletes a little more than it has to, so that it need not do so in every batch. */
  #evict(): void {
    const { spans, logs, bytes } = this.#limits;
    while (this.#logCount > logs || (this.#logBytes > bytes / 4 && this.#logCount > 1)) this.#evictLogs();
    while (this.#spanCount > spans || (this.#spanBytes > (bytes / 4) * 3 && this.#spanCount > 1)) this.#evictSpans();
  }

  #evictLogs(): void {
    const count = Math.max(1, Math.ceil(this.#logCount / 20));
    const oldest = this.database.prepare('SELECT seq, bytes FROM log ORDER BY seq LIMIT ?').all(count);
    const last = oldest.at(-1)?.seq ?? 0;
    this.database.prepare('DELETE FROM log WHERE seq <= ?').run(last);
    this.#logCount -= oldest.length;
    for (const row of oldest) this.#logBytes -= Number(row.bytes);
  }

  #evictSpans(): void {
    const count = Math.max(1, Math.ceil(this.#spanCount / 20));
    const oldest = this.database
      .prepare('SELECT revision, trace_id, bytes FROM span ORDER BY revision LIMIT ?')
      .all(count);
    const last = oldest.at(-1)?.revision ?? 0;
    this.database.prepare('DELETE FROM span WHERE revision <= ?').run(last);
    this.#spanCount -= oldest.length;
    for (const row of oldest) {
      this.#spanBytes -= Number(row.bytes);
      const traceId = String(row.trace_id);
      if (!this.summaries.evict(traceId)) continue;
      this.database.prepare('DELETE FROM trace WHERE trace_id = ?').run(traceId);
      this.database.prepare('DELETE FROM link WHERE batch_trace_id = ?').run(traceId);
    }
  }
}

function questionMarks(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}

function redactBody(body: Body | null): Body | null {
  return body === null || body.encoding === 'base64' ? body : { ...body, text: redact(body.text) };
}

function aboutOf(body: Body | null): string | null {
  if (body === null) return null;
  const { text: _text, ...about } = body;
  return JSON.stringify(about);
}

function redactRow(row: SpanRow): SpanRow {
  return {
    ...row,
    operation: redact(row.operation),
    input: redactBody(row.input),
    output: redactBody(row.output),
    attributes: redactAttributes(row.attributes),
    error: row.error === null ? null : redact(row.error),
  };
}

/** Lists of headers are looked at by name, so that a secret is found whatever it looks like. */
function redactAttributes(text: string): string {
  if (!/"re(?:quest|sponse)Headers":/.test(text)) return redact(text);
  const { requestHeaders, responseHeaders, ...rest }: Span['attributes'] = JSON.parse(text);
  return redact(
    JSON.stringify({
      ...rest,
      ...(isHeaders(requestHeaders) && { requestHeaders: redactHeaders(requestHeaders) }),
      ...(isHeaders(responseHeaders) && { responseHeaders: redactHeaders(responseHeaders) }),
    }),
  );
}

function isHeaders(value: unknown): value is readonly (readonly [string, string])[] {
  return Array.isArray(value);
}
