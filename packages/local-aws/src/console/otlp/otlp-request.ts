import type { Span, SpanKind } from '../api-types.ts';
import { redact } from '../store/redact.ts';
import type { StoredSpan } from '../store/stored.ts';

/** The numbers of `SpanKind` in OTLP. */
const kinds: Readonly<Record<SpanKind, number>> = {
  authorizer: 1,
  gateway: 1,
  invocation: 2,
  request: 2,
  call: 3,
  delivery: 5,
};

type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number };
type KeyValue = { readonly key: string; readonly value: AnyValue };

/**
 * Spans as the body of an `ExportTraceServiceRequest` in OTLP's JSON. Payloads are left out: they are what the console is
 * for, and no backend expects them.
 */
export function otlpRequest(spans: readonly StoredSpan[], version: string): object {
  const byName = Map.groupBy(spans, serviceNameOf);
  return {
    resourceSpans: [...byName].map(([name, group]) => ({
      resource: { attributes: [pair('service.name', name), pair('cloud.provider', 'aws')].flat() },
      scopeSpans: [{ scope: { name: 'local-aws', version }, spans: group.map(spanOf) }],
    })),
  };
}

/** Backends group by it: functions and APIs by their name, calls by the service that answers. */
function serviceNameOf({ kind, resource, service }: Span): string {
  return kind === 'call' || kind === 'delivery' || resource === '' ? service : resource;
}

function spanOf(span: StoredSpan): object {
  const { error, status, links, attributes } = span;
  const endUs = span.startUs + span.durationUs;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentId !== null && { parentSpanId: span.parentId }),
    name: redact(span.kind === 'request' ? span.operation : `${span.operation} ${span.resource}`.trim()),
    kind: kinds[span.kind],
    startTimeUnixNano: nanoseconds(span.startUs),
    endTimeUnixNano: nanoseconds(endUs),
    attributes: [
      ...pair('aws.service', span.service),
      ...pair('aws.resource', span.resource),
      ...pair('aws.request_id', span.requestId),
      ...pair('local_aws.kind', span.kind),
      ...pair('local_aws.attempt', span.attempt),
      ...pair('http.request.method', attributes.method),
      ...pair('http.response.status_code', attributes.httpStatus),
      ...pair('faas.coldstart', attributes.isCold),
      ...pair('messaging.batch.message_count', attributes.batchSize),
      ...pair('local_aws.mechanism', attributes.mechanism),
      ...pair('local_aws.filtered', status === 'filtered' ? true : undefined),
      ...pair('local_aws.denied', span.iam.some(({ isAllowed }) => !isAllowed) ? true : undefined),
    ],
    links: links.map(({ traceId, spanId }) => ({ traceId, spanId })),
    events:
      error === null
        ? []
        : [
            {
              timeUnixNano: nanoseconds(endUs),
              name: 'exception',
              attributes: [
                ...pair('exception.type', error.type),
                ...pair('exception.message', redact(error.message)),
                ...pair('exception.stacktrace', error.stack && redact(error.stack.join('\n'))),
              ],
            },
          ],
    status: status === 'error' ? { code: 2, message: redact(error?.message ?? '') } : { code: status === 'ok' ? 1 : 0 },
  };
}

/** 64-bit integers are texts in JSON. */
function nanoseconds(microseconds: number): string {
  return String(BigInt(microseconds) * 1000n);
}

function pair(key: string, value: unknown): KeyValue[] {
  switch (typeof value) {
    case 'string':
      return [{ key, value: { stringValue: value } }];
    case 'boolean':
      return [{ key, value: { boolValue: value } }];
    case 'number':
      return [{ key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } }];
    default:
      return [];
  }
}
