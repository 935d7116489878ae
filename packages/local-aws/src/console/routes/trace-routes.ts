import * as z from 'zod';
import { type ControlRoute, controlInput } from '../../control/control-api.ts';
import type { LiveFeed } from '../live.ts';
import { runQuery } from '../store/run-query.ts';
import type { SpanStore } from '../store/span-store.ts';
import type { Recorder } from '../trace/recorder.ts';
import { readTraceId } from '../trace/trace-ids.ts';
import type { Tracer } from '../trace/tracer.ts';
import { flag, limit, notFound, prefix, queryInput, text, time } from './input.ts';

export type TracePorts = {
  readonly tracer: Tracer;
  readonly recorder: Recorder;
  readonly store: SpanStore;
  readonly live: LiveFeed;
};

const tracesQuery = z.strictObject({
  q: text,
  stack: text,
  service: text,
  resource: text,
  status: z.enum(['ok', 'error', 'running']).optional(),
  minDurationMs: z.coerce.number().min(0).optional(),
  since: time,
  limit,
  cursor: text,
});

const logsQuery = z.strictObject({
  q: text,
  function: text,
  group: text,
  level: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'PLATFORM']).optional(),
  traceId: text,
  correlationId: text,
  since: time,
  limit,
  cursor: text,
});

const liveQuery = z.strictObject({ traceId: text, spans: flag, logs: flag });

const queryBody = z.strictObject({
  sql: z.string().min(1).max(10_000),
  parameters: z
    .array(z.union([z.string(), z.number(), z.null()]))
    .max(100)
    .optional(),
});

/** Traces, logs, the live feed and SQL. */
export function traceRoutes({ tracer, recorder, store, live }: TracePorts): readonly ControlRoute[] {
  return [
    {
      method: 'GET',
      path: `${prefix}/traces`,
      handle: async (request) => {
        recorder.flush();
        return { body: await store.traces(queryInput(tracesQuery, request)) };
      },
    },
    {
      method: 'DELETE',
      path: `${prefix}/traces`,
      handle: async () => {
        recorder.flush();
        tracer.forget();
        await store.clear();
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: `${prefix}/traces/{traceId}`,
      handle: async (_request, { traceId = '' }) => {
        recorder.flush();
        const trace = await store.trace(readTraceId(traceId) ?? '');
        if (trace === undefined) throw notFound(`trace ${traceId}; it may be forgotten already`);
        return { body: trace };
      },
    },
    {
      method: 'GET',
      path: `${prefix}/logs`,
      handle: async (request) => {
        recorder.flush();
        const { traceId, ...filter } = queryInput(logsQuery, request);
        return {
          body: await store.logs({
            ...filter,
            traceId: traceId === undefined ? undefined : (readTraceId(traceId) ?? traceId),
          }),
        };
      },
    },
    {
      method: 'GET',
      path: `${prefix}/live`,
      handle: async (request) => {
        const { traceId, spans, logs } = queryInput(liveQuery, request);
        recorder.flush();
        live.expect();
        const { revision } = await store.size();
        const last = Number(request.headers['last-event-id'] ?? Number.NaN);
        const missed = Number.isInteger(last) ? await store.since(last) : { traces: [], spans: [], logs: [] };
        const wanted = { traceId: traceId === undefined ? undefined : (readTraceId(traceId) ?? traceId), spans, logs };
        return {
          headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
          body: live.follow(wanted, missed, revision),
        };
      },
    },
    {
      method: 'POST',
      path: `${prefix}/query`,
      handle: async (request) => {
        const { sql, parameters } = controlInput(queryBody, request);
        recorder.flush();
        const copy = await store.copy();
        return { body: await runQuery({ sql, ...(parameters !== undefined && { parameters }) }, copy) };
      },
    },
  ];
}
