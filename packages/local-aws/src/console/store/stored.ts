import type { LogLine, Span } from '../api-types.ts';
import type { SpanRow } from './span-row.ts';

/** A span that is to be stored. */
export type StoredSpan = Omit<Span, 'iam'> & {
  readonly iam: Span['iam'];
  /** The stack of its node. */
  readonly stack: string | null;
  /** The store has it already, as one that runs. */
  readonly isKnown: boolean;
};

export type StoredLog = Omit<LogLine, 'seq' | 'level' | 'correlationId'>;

export type Batch = { readonly spans: readonly StoredSpan[]; readonly logs: readonly StoredLog[] };

/** A batch on its way to the thread that stores it. */
export type BatchRows = { readonly spans: readonly SpanRow[]; readonly logs: readonly StoredLog[] };

export type StoreLimits = {
  readonly spans: number;
  readonly logs: number;
  /** Of payloads, attributes and messages, together. */
  readonly bytes: number;
};

export type TraceFilter = {
  readonly q?: string | undefined;
  readonly stack?: string | undefined;
  readonly service?: string | undefined;
  readonly resource?: string | undefined;
  readonly status?: 'ok' | 'error' | 'running' | undefined;
  readonly minDurationMs?: number | undefined;
  readonly since?: number | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

export type LogFilter = {
  readonly q?: string | undefined;
  readonly function?: string | undefined;
  readonly group?: string | undefined;
  readonly level?: LogLine['level'] | undefined;
  readonly traceId?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly since?: number | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
};
