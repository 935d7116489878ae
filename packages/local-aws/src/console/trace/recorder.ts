import type { LogEvent } from '../../core/log-sink.ts';
import type { TopologyNode } from '../api-types.ts';
import type { Batch, StoredLog, StoredSpan } from '../store/stored.ts';
import type { OpenSpan } from './open-span.ts';
import { RecentMap } from './recent-map.ts';

export type RecorderOptions = {
  readonly write: (batch: Batch) => void;
  readonly nodeOf: (span: OpenSpan) => TopologyNode | undefined;
  /** Turns a span into what is stored. */
  readonly describe: (span: OpenSpan, node: TopologyNode | undefined, parentNodeId: string | undefined) => StoredSpan;
  /** Whether a client waits for what is recorded. Others ask, and a question flushes first. */
  readonly isFollowed: () => boolean;
};

const followedMs = 100;
/** A flush wakes the thread of the store, which the requests of that moment notice. */
const unfollowedMs = 500;
/** Spans that are described and sent in one go: a fraction of a millisecond. */
const atOnce = 25;
/** Between two flushes. What is beyond that is a flood, of which the ring would keep the end only. */
const maxPending = 10_000;
const rememberedSpans = 20_000;

/** Collects spans and lines of logs, and hands them to the store: ten times a second, or twice while no client follows. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #open = new Set<OpenSpan>();
  readonly #nodeOf = new RecentMap<string, string>(rememberedSpans);
  /** The invocation that last wrote to a log stream. */
  readonly #lastOfStream = new RecentMap<string, Writer>(1000);
  #ended: OpenSpan[] = [];
  /** Ended, and not yet with the store. */
  readonly #collected: Placed[] = [];
  #logs: StoredLog[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** How many spans and lines were dropped because there were too many at once. */
  dropped = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  started(span: OpenSpan): void {
    if (this.#isClosed) return;
    this.#open.add(span);
    this.#flushSoon();
  }

  ended(span: OpenSpan): void {
    if (this.#isClosed) return;
    this.#open.delete(span);
    const { logStream } = span.result.attributes ?? {};
    if (typeof logStream === 'string') this.#lastOfStream.set(logStream, writerOf(span));
    this.#ended.push(span);
    if (this.#ended.length > maxPending) {
      this.#ended.shift();
      this.dropped += 1;
    }
    this.#flushSoon();
  }

  logged(group: string, stream: string, events: readonly LogEvent[]): void {
    if (this.#isClosed) return;
    const span = this.#writerOf(stream);
    const functionName = span?.functionName ?? /^\/aws\/lambda\/(.+)$/.exec(group)?.[1] ?? '';
    for (const { timestamp, message } of events) {
      this.#logs.push({
        traceId: span?.traceId ?? null,
        spanId: span?.spanId ?? null,
        group,
        functionName,
        timestamp,
        message: message.slice(0, 65_536).trimEnd(),
      });
    }
    if (this.#logs.length > maxPending) {
      this.dropped += this.#logs.length - maxPending;
      this.#logs = this.#logs.slice(-maxPending);
    }
    this.#flushSoon();
  }

  /** Hands over what there is. The store answers later questions with it. */
  flush(): void {
    this.#flush(Number.POSITIVE_INFINITY);
  }

  /** Hands over the rest. What comes later is dropped: other parts of the endpoint close after the console. */
  close(): void {
    this.flush();
    this.#isClosed = true;
  }

  #flush(limit: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // One that takes longer than a flush shows as running.
    const running = [...this.#open].filter((span) => !span.isStored).map((span) => this.#placed(span));
    // The nodes of all come before the first is described: a span ends before its parent does.
    this.#collected.push(...this.#ended.map((span) => this.#placed(span)));
    this.#ended = [];
    this.#write(running, limit);
  }

  /** Hands over spans and as many of those collected. The rest follows, after the requests that wait for their turn. */
  #write(running: readonly Placed[], limit: number): void {
    const spans = [...running, ...this.#collected.splice(0, limit)].map((placed) => this.#describe(placed));
    const logs = this.#logs;
    this.#logs = [];
    if (spans.length > 0 || logs.length > 0) this.#options.write({ spans, logs });
    if (this.#collected.length > 0) setImmediate(() => this.#write([], limit));
  }

  #placed(span: OpenSpan): Placed {
    const node = this.#options.nodeOf(span);
    if (node !== undefined) this.#nodeOf.set(span.spanId, node.id);
    return { span, node };
  }

  #describe({ span, node }: Placed): StoredSpan {
    const parentNodeId = span.parentId === undefined ? undefined : this.#nodeOf.get(span.parentId);
    const stored = this.#options.describe(span, node, parentNodeId);
    span.isStored = true;
    if (span.isEnded) span.release();
    return stored;
  }

  #writerOf(stream: string): Writer | undefined {
    for (const span of this.#open) if (span.result.attributes?.logStream === stream) return writerOf(span);
    return this.#lastOfStream.get(stream);
  }

  #flushSoon(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#flush(atOnce), this.#options.isFollowed() ? followedMs : unfollowedMs);
    this.#timer.unref();
  }
}

/** A span, and what it is about among what is deployed. */
type Placed = { readonly span: OpenSpan; readonly node: TopologyNode | undefined };

/** The invocation behind a line of a log. */
type Writer = { readonly traceId: string; readonly spanId: string; readonly functionName: string };

function writerOf({ traceId, spanId, start }: OpenSpan): Writer {
  return { traceId, spanId, functionName: start.resource };
}

export type NodeLookup = {
  /** @param region by default the default one */
  find(service: string, resource: string, region?: string): TopologyNode | undefined;
  route(apiId: string, operation: string): TopologyNode | undefined;
  node(id: string): TopologyNode | undefined;
};
