import type { JsonObject } from '../core/json.ts';
import type { Observer, Origin, SpanReport, SpanStart } from '../core/observer.ts';
import { compileFilters } from '../filter-pattern/compile-filters.ts';
import type { Deliver, Outcome, SourceRecord } from './source.ts';

/** What polls a source: an event source mapping or a pipe. */
export type Consumer = {
  readonly observer: Observer;
  readonly sourceArn: string;
  /** The UUID of a mapping, the name of a pipe. */
  readonly id: string;
  readonly mechanism: 'queue' | 'stream' | 'pipe';
  /** The function of a mapping, the pipe itself. */
  readonly target: { readonly service: string; readonly name: string };
  readonly patterns: readonly string[];
};

type Observed<R extends SourceRecord> = {
  readonly filter: (event: JsonObject) => boolean;
  readonly deliver: Deliver<R>;
};

/**
 * Puts an observer between a poller and what it does with records: every batch is a span, and every record that no
 * filter pattern matched is one without duration.
 */
export function observeSource<R extends SourceRecord>(
  consumer: Consumer,
  { filter, deliver }: Observed<R>,
): Observed<R> {
  const { observer } = consumer;
  const attempts = new WeakMap<R, number>();
  const tests = consumer.patterns.map((pattern) => ({ pattern, test: compileFilters([pattern]) }));
  const nextAttempt = (records: readonly R[]): number => {
    const [first] = records;
    if (first === undefined) return 1;
    const attempt = receiveCountOf(first) ?? (attempts.get(first) ?? 0) + 1;
    for (const record of records) attempts.set(record, attempt);
    return attempt;
  };
  return {
    filter: (event) => {
      const isMatched = filter(event);
      if (!isMatched) observer.mark(() => describeFiltered(consumer, event));
      return isMatched;
    },
    deliver: (records) =>
      observer.span(
        () => ({
          ...describeBatch(consumer, records, nextAttempt(records)),
          attributes: {
            ...attributesOf(consumer),
            batchSize: records.length,
            messageIds: records.map(({ id }) => id),
            isMatched: true,
            filters: tests.map(({ pattern, test }) => ({
              pattern,
              isMatched: records.some((record) => test(filterViewOf(record))),
            })),
          },
        }),
        async (span) => {
          const outcome = await deliver(records);
          span.report(reportOf(outcome));
          return outcome;
        },
      ),
  };
}

function describeBatch(consumer: Consumer, records: readonly SourceRecord[], attempt: number): SpanStart {
  const { observer } = consumer;
  return {
    ...describe(consumer),
    input: JSON.stringify(records.map(({ event }) => event)),
    attempt,
    causes: records
      .map(({ event }) => observer.causeOf(originOf(consumer, event)))
      .filter((cause) => cause !== undefined),
  };
}

/** Records of queues have their body parsed for filters. */
function filterViewOf(record: SourceRecord & { readonly filterView?: JsonObject }): JsonObject {
  return record.filterView ?? record.event;
}

/** Makes a span of giving records up, which is a part of their traces. */
export function observeDiscard<D extends { readonly records: readonly SourceRecord[] }>(
  consumer: Consumer,
  discard: (discarded: D) => Promise<void>,
): (discarded: D) => Promise<void> {
  return (discarded) =>
    consumer.observer.span(
      () => ({
        ...describeBatch(consumer, discarded.records, 1),
        operation: 'given up',
        attributes: { ...attributesOf(consumer), mechanism: 'dead-letter', batchSize: discarded.records.length },
      }),
      async (span) => {
        span.report({ status: 'error' });
        await discard(discarded);
      },
    );
}

function describeFiltered(consumer: Consumer, event: JsonObject): SpanStart & SpanReport {
  const cause = consumer.observer.causeOf(originOf(consumer, event));
  return {
    ...describe(consumer),
    input: JSON.stringify(event),
    causes: cause === undefined ? [] : [cause],
    status: 'filtered',
    attributes: {
      ...attributesOf(consumer),
      batchSize: 1,
      isMatched: false,
      filters: consumer.patterns.map((pattern) => ({ pattern, isMatched: false })),
    },
  };
}

function describe({ target, mechanism }: Consumer): Pick<SpanStart, 'kind' | 'service' | 'resource' | 'operation'> {
  return { kind: 'delivery', service: target.service, resource: target.name, operation: `from ${mechanism}` };
}

function attributesOf({ id, sourceArn, mechanism }: Consumer): SpanStart['attributes'] {
  return { consumer: id, source: sourceArn, mechanism };
}

/** Also for the view of an event that filters see, which differs in the body only. */
function originOf({ sourceArn }: Consumer, event: JsonObject): Origin {
  const { messageId, attributes } = event;
  if (typeof messageId !== 'string') return { kind: 'change', streamArn: sourceArn, event };
  const traceHeader = readText(attributes, 'AWSTraceHeader');
  return { kind: 'message', messageId, traceHeader };
}

function receiveCountOf({ event }: SourceRecord): number | undefined {
  const count = readText(event.attributes, 'ApproximateReceiveCount');
  return count === undefined ? undefined : Number(count);
}

function readText(value: unknown, name: string): string | undefined {
  const member: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof member === 'string' ? member : undefined;
}

function reportOf(outcome: Outcome): SpanReport {
  const attributes = { outcome: outcome.kind };
  switch (outcome.kind) {
    case 'processed':
      return { attributes };
    case 'partly':
      return {
        status: 'error',
        error: { type: 'BatchItemFailures', message: `${outcome.failed.size} records are to be tried again` },
        attributes: { ...attributes, failedIds: [...outcome.failed] },
      };
    case 'failed':
    case 'refused':
      return { status: 'error', error: { type: outcome.kind, message: outcome.reason }, attributes };
  }
}
