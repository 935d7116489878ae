type SpanKind = 'request' | 'gateway' | 'authorizer' | 'invocation' | 'call' | 'delivery';

/** A span that led to another one; a trace alone where a client named no span. */
export type Cause = { readonly traceId: string; readonly spanId: string | undefined };

export type Payload = string | Buffer;

export type SpanStart = {
  readonly kind: SpanKind;
  /** `lambda`, `sqs`, `apigateway`, … */
  readonly service: string;
  /** The name of the function, queue, API, … */
  readonly resource: string;
  readonly operation: string;
  readonly input?: Payload | undefined;
  /** From 1, which is the default. */
  readonly attempt?: number;
  readonly requestId?: string | undefined;
  readonly attributes?: SpanAttributes;
  /**
   * What led to it; by default the span that runs now. Causes of one trace make it a part of that trace. With none, or
   * with causes of several traces, it begins a trace of its own.
   */
  readonly causes?: readonly Cause[];
  /** An `X-Amzn-Trace-Id` that counts when no span runs. */
  readonly traceHeader?: string | undefined;
};

type SpanAttributes = Readonly<Record<string, unknown>>;

export type SpanReport = {
  /** Where it is known with the answer only. */
  readonly requestId?: string | undefined;
  readonly output?: Payload | undefined;
  readonly error?: { readonly type: string; readonly message: string; readonly stack?: readonly string[] };
  readonly status?: 'ok' | 'error' | 'filtered';
  readonly attributes?: SpanAttributes;
};

/** A span that is running. */
export type Span = {
  /** An `X-Amzn-Trace-Id` that names this span; undefined with `noObserver`. */
  readonly traceHeader: string | undefined;
  /** Adds what is known now. Of a member that is given twice the last value counts; attributes add up. */
  report(report: SpanReport): void;
};

/** Where a message or a change of a table came from. */
export type Origin =
  | { readonly kind: 'message'; readonly messageId: string; readonly traceHeader?: string | undefined }
  /** `event` is a record of a DynamoDB stream. */
  | { readonly kind: 'change'; readonly streamArn: string; readonly event: Readonly<Record<string, unknown>> };

/**
 * Receives the spans of the services, which do not depend on the console. `noObserver` does not call the functions that
 * describe a span: without the console, tracing costs nothing.
 */
export type Observer = {
  /** Runs `work` as a span. A rejection is the span's error, and is passed on. */
  span<T>(start: () => SpanStart, work: (span: Span) => Promise<T>): Promise<T>;
  /** A span without duration. */
  mark(describe: () => SpanStart & SpanReport): void;
  /** Adds a step to the span that runs now, such as a mapping template with what it rendered. */
  step(name: string, text: () => string): void;
  /** The span that runs now has sent a message. */
  sent(messageId: string): void;
  /** Moves a message from one queue to another: to a dead-letter queue, or back. */
  moved(move: MessageMove): void;
  causeOf(origin: Origin): Cause | undefined;
};

export type MessageMove = {
  readonly mechanism: 'dead-letter' | 'redrive';
  readonly messageId: string;
  readonly fromArn: string;
  readonly toArn: string;
  readonly receiveCount: number;
};

const silentSpan: Span = { traceHeader: undefined, report: () => {} };

/** Records nothing: `--no-console`. */
export const noObserver: Observer = {
  span: (_start, work) => work(silentSpan),
  mark: () => {},
  step: () => {},
  sent: () => {},
  moved: () => {},
  causeOf: () => undefined,
};
