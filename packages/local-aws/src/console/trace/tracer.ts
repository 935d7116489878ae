import { AsyncLocalStorage } from 'node:async_hooks';
import type { AwsRequest } from '../../core/aws-api.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import type { Cause, MessageMove, Observer, Origin, Span, SpanReport, SpanStart } from '../../core/observer.ts';
import type { ApiRequest } from '../../core/web.ts';
import type { AccessDecision } from '../../iam/access-check.ts';
import { OpenSpan } from './open-span.ts';
import { RecentMap } from './recent-map.ts';
import { TableWrites } from './table-writes.ts';
import { causeInHeader, newTraceId } from './trace-ids.ts';

export type TracerOptions = {
  readonly clock: Clock;
  /** Takes a span when it begins and when it ends. */
  readonly onStart: (span: OpenSpan) => void;
  readonly onEnd: (span: OpenSpan) => void;
};

/** Messages whose sender is remembered: about what the queues of a laptop hold. */
const rememberedMessages = 20_000;

/** Makes spans, and knows which one runs. */
export class Tracer implements Observer {
  readonly #options: TracerOptions;
  readonly #running = new AsyncLocalStorage<OpenSpan>();
  readonly #messages = new RecentMap<string, Cause>(rememberedMessages);
  readonly writes = new TableWrites();

  constructor(options: TracerOptions) {
    this.#options = options;
  }

  /** The span that runs now. */
  get current(): OpenSpan | undefined {
    return this.#running.getStore();
  }

  span<T>(start: () => SpanStart, work: (span: Span) => Promise<T>): Promise<T> {
    return this.#run(this.#open(start()), work);
  }

  async #run<T>(span: OpenSpan, work: (span: Span) => Promise<T>): Promise<T> {
    this.#options.onStart(span);
    try {
      return await this.#running.run(span, () => work(span));
    } catch (error) {
      span.report({ status: 'error', error: describeError(error) });
      throw error;
    } finally {
      span.end();
      this.#options.onEnd(span);
    }
  }

  mark(describe: () => SpanStart & SpanReport): void {
    this.#mark(describe());
  }

  step(name: string, text: () => string): void {
    this.current?.addStep(name, text());
  }

  sent(messageId: string): void {
    const { current } = this;
    if (current !== undefined) this.#messages.set(messageId, current.cause);
  }

  moved({ mechanism, messageId, fromArn, toArn, receiveCount }: MessageMove): void {
    const cause = this.#messages.get(messageId);
    const span = this.#mark({
      kind: 'delivery',
      service: 'sqs',
      resource: nameOf(toArn),
      operation: mechanism === 'dead-letter' ? `after ${receiveCount} receives` : 'redrive',
      attributes: { mechanism, source: fromArn, target: toArn, messageIds: [messageId], batchSize: 1 },
      causes: cause === undefined ? [] : [cause],
    });
    this.#messages.set(messageId, span.cause);
  }

  causeOf(origin: Origin): Cause | undefined {
    switch (origin.kind) {
      case 'message':
        return this.#messages.get(origin.messageId) ?? causeInHeader(origin.traceHeader);
      case 'change':
        return this.writes.causeOf(origin.streamArn, origin.event);
    }
  }

  /** Keeps the request of the span that runs now, for a replay. */
  keep(source: ApiRequest | AwsRequest): void {
    const { current } = this;
    if (current !== undefined) current.source = source;
  }

  /** Adds a decision of IAM to the span that runs now. */
  decided(decision: AccessDecision): void {
    this.current?.addDecision(decision);
  }

  forget(): void {
    this.#messages.clear();
  }

  #mark({ output, error, status, ...start }: SpanStart & SpanReport): OpenSpan {
    const span = this.#open(start);
    span.report({ output, ...(error !== undefined && { error }), ...(status !== undefined && { status }) });
    span.end();
    this.#options.onEnd(span);
    return span;
  }

  #open(start: SpanStart): OpenSpan {
    const causes = start.causes ?? this.#defaultCauses(start);
    const [first] = causes;
    const isOneTrace = first !== undefined && causes.every(({ traceId }) => traceId === first.traceId);
    const now = this.#options.clock.now();
    return new OpenSpan(start, {
      traceId: isOneTrace ? first.traceId : newTraceId(now),
      parentId: isOneTrace ? first.spanId : undefined,
      links: causes.length > 1 ? causes : [],
      now,
    });
  }

  #defaultCauses({ traceHeader }: SpanStart): readonly Cause[] {
    const cause = this.current ?? causeInHeader(traceHeader);
    return cause === undefined ? [] : [cause];
  }
}

function describeError(error: unknown): NonNullable<SpanReport['error']> {
  if (error instanceof AwsError) return { type: error.code, message: error.message };
  if (error instanceof Error) {
    // The message of a GatewayError for clients leaves its cause out.
    const [type, reason] = [Reflect.get(error, 'type'), Reflect.get(error, 'reason')];
    const message = typeof reason === 'string' && reason !== '' ? reason : error.message;
    return { type: typeof type === 'string' ? type : error.name, message };
  }
  return { type: typeof error, message: String(error) };
}

function nameOf(arn: string): string {
  return arn.split(':').at(-1) ?? arn;
}
