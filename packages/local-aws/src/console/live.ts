import { Readable } from 'node:stream';
import type { Counts, LiveEvent, LogLine, Span, TraceSummary } from './api-types.ts';
import type { Changes } from './store/span-database.ts';

export type Wanted = {
  readonly traceId: string | undefined;
  readonly spans: boolean;
  readonly logs: boolean;
};

type Follower = Wanted & { readonly stream: Readable; lastId: number };

/** A client that reads more slowly than this is disconnected; it can go on from its last event. */
const maxWaitingBytes = 4 * 1024 * 1024;
const heartbeatMs = 15_000;

/** Hands changes to the clients of `/_local/api/live`. */
export class LiveFeed {
  readonly #followers = new Set<Follower>();
  /** Those who have asked, and wait for what they missed. */
  #expected = 0;
  readonly #onFollow: (isFollowed: boolean) => void;
  #heartbeat: NodeJS.Timeout | undefined;

  /** @param onFollow called with true when a client connects, and with false when the last one disconnects */
  constructor(onFollow: (isFollowed: boolean) => void) {
    this.#onFollow = onFollow;
  }

  get isFollowed(): boolean {
    return this.#followers.size > 0;
  }

  /** Buffers changes from now on, so that none is lost between reading the missed ones and `follow`. */
  expect(): void {
    this.#expected += 1;
    this.#onFollow(true);
  }

  /**
   * Ends what `expect` began.
   * @param missed what came after the client's last event; undefined when that is forgotten
   * @param revision of the last change so far
   */
  follow(wanted: Wanted, missed: Changes | undefined, revision: number): Readable {
    const stream = new Readable({ read: () => {} });
    const follower: Follower = { ...wanted, stream, lastId: revision };
    stream.push('retry: 1000\n\n');
    if (missed === undefined) push(follower, { event: 'gap', data: {} }, revision);
    else send(follower, missed);
    this.#followers.add(follower);
    this.#expected -= 1;
    stream.once('close', () => this.#remove(follower));
    this.#heartbeat ??= setInterval(() => this.#beat(), heartbeatMs).unref();
    return stream;
  }

  changed(changes: Changes): void {
    for (const follower of this.#followers) send(follower, changes);
  }

  counts(counts: Counts): void {
    for (const follower of this.#followers) push(follower, { event: 'counts', data: counts }, follower.lastId);
  }

  topologyChanged(): void {
    for (const follower of this.#followers) push(follower, { event: 'topology', data: {} }, follower.lastId);
  }

  close(): void {
    for (const { stream } of this.#followers) stream.push(null);
    for (const { stream } of this.#followers) stream.destroy();
  }

  #beat(): void {
    for (const { stream } of this.#followers) stream.push(': still here\n\n');
  }

  #remove(follower: Follower): void {
    this.#followers.delete(follower);
    if (this.#followers.size + this.#expected > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
    this.#onFollow(false);
  }
}

function send(follower: Follower, { traces, spans, logs }: Changes): void {
  const { traceId } = follower;
  const isOfTrace = (id: string | null): boolean => traceId !== undefined && id === traceId;
  const events: { readonly id: number; readonly event: LiveEvent }[] = [
    ...spans
      .filter(
        ({ span }) => follower.spans || isOfTrace(span.traceId) || span.links.some((link) => isOfTrace(link.traceId)),
      )
      .map(({ revision, span }) => ({ id: revision, event: spanEvent(span) })),
    ...logs
      .filter((line) => follower.logs || isOfTrace(line.traceId))
      .map((line) => ({ id: line.seq, event: logEvent(line) })),
    ...traces.map((trace) => ({ id: trace.revision, event: traceEvent(trace) })),
  ];
  events.sort((a, b) => a.id - b.id);
  for (const { id, event } of events) push(follower, event, id);
}

function spanEvent(data: Omit<Span, 'input' | 'output'>): LiveEvent {
  return { event: 'span', data };
}

function logEvent(data: LogLine): LiveEvent {
  return { event: 'log', data };
}

function traceEvent(data: TraceSummary): LiveEvent {
  return { event: 'trace', data };
}

function push(follower: Follower, { event, data }: LiveEvent, id: number): void {
  const { stream } = follower;
  if (stream.destroyed) return;
  if (stream.readableLength > maxWaitingBytes) {
    stream.destroy();
    return;
  }
  follower.lastId = Math.max(follower.lastId, id);
  // Line ends within JSON are escaped, so that the data is one line.
  stream.push(`id: ${follower.lastId}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
