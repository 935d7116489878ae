import { randomUUID } from 'node:crypto';
import { defaultRegion } from '../../core/arn.ts';
import type { AwsApi, AwsRequest } from '../../core/aws-api.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import type { Payload } from '../../core/observer.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { Principal } from '../../core/principal.ts';
import type { ApiFrontend, ApiRequest } from '../../core/web.ts';
import type { OpenSpan } from '../trace/open-span.ts';
import { RecentMap } from '../trace/recent-map.ts';
import { traced } from '../trace/trace-calls.ts';
import { newTraceId, rootHeader } from '../trace/trace-ids.ts';
import type { Tracer } from '../trace/tracer.ts';

/** What can be done again. It stays in memory as it came, with the credentials that the store does not show. */
type Replayable =
  | { readonly kind: 'request'; readonly request: ApiRequest }
  | { readonly kind: 'call'; readonly request: AwsRequest }
  | { readonly kind: 'event'; readonly functionName: string; readonly region: string; readonly event: Payload };

export type ReplayDoors = {
  readonly tracer: Tracer;
  readonly clock: Clock;
  readonly frontends: () => readonly ApiFrontend[];
  readonly apiOf: (service: string) => AwsApi | undefined;
  readonly principal: Principal;
  readonly onError: (error: unknown) => void;
};

const maxKept = 2000;
const maxKeptBytes = 16 * 1024 * 1024;
const maxBytes = 1024 * 1024;
const traceHeader = 'x-amzn-trace-id';

/** Does again what spans did. */
export class Replays {
  readonly #kept = new RecentMap<string, Replayable>(maxKept, maxKeptBytes);

  keep(span: OpenSpan): void {
    const replayable = replayableOf(span);
    if (replayable === undefined) return;
    this.#kept.set(span.spanId, replayable, 1000 + (span.start.input?.length ?? 0));
  }

  has(spanId: string): boolean {
    return this.#kept.has(spanId);
  }

  /**
   * Sends it again without waiting for an answer.
   * @returns the id of the new trace
   * @throws AwsError NotReplayable
   */
  replay(spanId: string, input: string | undefined, doors: ReplayDoors): string {
    const replayable = this.#kept.get(spanId);
    if (replayable === undefined) {
      throw new AwsError(
        'NotReplayable',
        'This span cannot be replayed: only recent requests, calls, invocations and batches of queues and streams can.',
        409,
      );
    }
    const traceId = newTraceId(doors.clock.now());
    start(replayable, input, traceId, doors).catch(doors.onError);
    return traceId;
  }
}

function replayableOf({ start, source }: OpenSpan): Replayable | undefined {
  const { input = '' } = start;
  if (input.length > maxBytes) return undefined;
  if (source !== undefined) {
    return 'apiId' in source ? { kind: 'request', request: source } : { kind: 'call', request: source };
  }
  const { mechanism, isMatched, region: named } = start.attributes ?? {};
  const region = typeof named === 'string' ? named : defaultRegion;
  if (start.kind === 'invocation') return { kind: 'event', functionName: start.resource, region, event: input };
  const isBatch = start.kind === 'delivery' && (mechanism === 'queue' || mechanism === 'stream') && isMatched === true;
  return isBatch
    ? { kind: 'event', functionName: start.resource, region, event: `{"Records":${input.toString()}}` }
    : undefined;
}

async function start(
  replayable: Replayable,
  input: string | undefined,
  traceId: string,
  doors: ReplayDoors,
): Promise<void> {
  switch (replayable.kind) {
    case 'request': {
      const { request } = replayable;
      const frontend = doors.frontends().find((candidate) => candidate.has(request.apiId));
      const answer = await frontend?.execute(withBody(request, input, traceId));
      answer?.stream?.resume();
      return;
    }
    case 'call': {
      const { request } = replayable;
      const body = input === undefined ? request.body : Buffer.from(input);
      await call({ ...request, requestId: randomUUID(), body }, traceId, doors);
      return;
    }
    case 'event': {
      const body = Buffer.from(input ?? replayable.event);
      if (parseJson(body.toString()) === undefined) throw new AwsError('InvalidInput', 'The event is not JSON.');
      await call(invokeRequest(replayable, body, doors.principal), traceId, doors);
    }
  }
}

function withBody(request: ApiRequest, input: string | undefined, traceId: string): ApiRequest {
  const body = input === undefined ? request.body : Buffer.from(input);
  const replaced = new Set([traceHeader, 'content-length', 'transfer-encoding']);
  const headers = request.headers.filter(([name]) => !replaced.has(name.toLowerCase()));
  return {
    ...request,
    body,
    headers: [...headers, ['Content-Length', String(body.length)], ['X-Amzn-Trace-Id', rootHeader(traceId)]],
  };
}

async function call(request: AwsRequest, traceId: string, { tracer, apiOf }: ReplayDoors): Promise<void> {
  const api = apiOf(request.service);
  if (api === undefined) return;
  const { [traceHeader]: _header, ...headers } = request.headers;
  const answer = await traced(tracer, api, { ...request, headers }, [{ traceId, spanId: undefined }]);
  answer.stream?.resume();
}

function invokeRequest(
  { functionName, region }: Extract<Replayable, { kind: 'event' }>,
  body: Buffer,
  principal: Principal,
): AwsRequest {
  return {
    requestId: randomUUID(),
    service: 'lambda',
    region,
    principal,
    method: 'POST',
    path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`,
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/json' },
    body,
  };
}
