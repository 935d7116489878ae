import { randomBytes } from 'node:crypto';
import * as z from 'zod';

const bodySchema = z.object({ text: z.string(), size: z.number(), isTruncated: z.boolean() }).nullable();

const spanSchema = z.object({
  spanId: z.string(),
  parentId: z.string().nullable(),
  kind: z.enum(['request', 'gateway', 'authorizer', 'invocation', 'call', 'delivery']),
  service: z.string(),
  resource: z.string(),
  operation: z.string(),
  startUs: z.number(),
  status: z.enum(['ok', 'error', 'running', 'filtered']),
  error: z.object({ type: z.string() }).nullable(),
  input: bodySchema,
  output: bodySchema,
  attributes: z.record(z.string(), z.unknown()),
});

const lineSchema = z.object({
  seq: z.number(),
  spanId: z.string().nullable(),
  level: z.string(),
  message: z.string(),
});

/** A hop of a request, as the console of the endpoint records it. */
export type Hop = z.infer<typeof spanSchema>;

/** Hops and lines of logs of one or several requests, each once. */
export type Traces = { readonly hops: readonly Hop[]; readonly lines: readonly z.infer<typeof lineSchema>[] };

export type TraceId = { readonly id: string; readonly header: string };

/** An id for a request: a client that sends the header chooses the trace. */
export function newTraceId(): TraceId {
  const [time, rest] = [Math.floor(Date.now() / 1000).toString(16), randomBytes(12).toString('hex')];
  return { id: time + rest, header: `Root=1-${time}-${rest}` };
}

/** Reads what the endpoint at `url` keeps of these traces. A batch of messages of several traces is there once. */
export async function readTraces(url: string, ids: readonly string[]): Promise<Traces> {
  const traceSchema = z.object({ spans: z.array(spanSchema), logs: z.array(lineSchema) });
  const hops = new Map<string, Hop>();
  const lines = new Map<number, Traces['lines'][number]>();
  for (const id of ids) {
    const answer = await fetch(`${url}/_local/api/traces/${id}`);
    if (!answer.ok) throw new Error(`The endpoint keeps no trace ${id}: ${await answer.text()}`);
    const { spans, logs } = traceSchema.parse(await answer.json());
    for (const span of spans) hops.set(span.spanId, span);
    for (const line of logs) lines.set(line.seq, line);
  }
  return { hops: [...hops.values()].sort((a, b) => a.startUs - b.startUs), lines: [...lines.values()] };
}

/** The traces that a service has a part in, such as `scheduler`, the newest first. */
export async function tracesOf(url: string, service: string): Promise<readonly string[]> {
  const answer = await fetch(`${url}/_local/api/traces?service=${service}&limit=100`);
  const { traces } = z.object({ traces: z.array(z.object({ traceId: z.string() })) }).parse(await answer.json());
  return traces.map(({ traceId }) => traceId);
}

/** Of traces, what follows from deliveries by `mechanism`, those deliveries included. */
export function behindDelivery({ hops, lines }: Traces, mechanism: string): Traces {
  const kept = new Set<string>();
  for (const { spanId, parentId, kind, attributes } of hops) {
    const isFirst = kind === 'delivery' && attributes.mechanism === mechanism;
    if (isFirst || (parentId !== null && kept.has(parentId))) kept.add(spanId);
  }
  return {
    hops: hops.filter(({ spanId }) => kept.has(spanId)),
    lines: lines.filter(({ spanId }) => spanId !== null && kept.has(spanId)),
  };
}
