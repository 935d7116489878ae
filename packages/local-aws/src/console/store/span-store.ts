import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { siblingModule } from '../../core/sibling-module.ts';
import type { LogList, Span, Trace, TraceList } from '../api-types.ts';
import type { Changes } from './span-database.ts';
import { rowOf } from './span-row.ts';
import type { StoreQuestion, StoreReply, StoreRequest } from './store-worker.ts';
import type { Batch, LogFilter, StoreLimits, TraceFilter } from './stored.ts';

export type StoreSize = {
  readonly spans: number;
  readonly logs: number;
  readonly bytes: number;
  readonly revision: number;
};

type Asked = { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void };

/** The thread that stores spans. It starts with the first of them. */
export class SpanStore {
  readonly #limits: StoreLimits;
  readonly #onChange: (changes: Changes) => void;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | undefined;
  #lastId = 0;
  /** Whether a client is connected; without one, no changes are sent. */
  isFollowed = false;

  constructor(limits: StoreLimits, onChange: (changes: Changes) => void) {
    this.#limits = limits;
    this.#onChange = onChange;
  }

  write({ spans, logs }: Batch): void {
    this.#send({ kind: 'write', batch: { spans: spans.map(rowOf), logs }, isFollowed: this.isFollowed });
  }

  traces(filter: TraceFilter): Promise<TraceList> {
    return this.#ask({ kind: 'traces', filter });
  }

  trace(traceId: string): Promise<Trace | undefined> {
    return this.#ask({ kind: 'trace', traceId });
  }

  span(spanId: string): Promise<Span | undefined> {
    return this.#ask({ kind: 'span', spanId });
  }

  logs(filter: LogFilter): Promise<LogList> {
    return this.#ask({ kind: 'logs', filter });
  }

  since(revision: number): Promise<Changes | undefined> {
    return this.#ask({ kind: 'since', revision });
  }

  size(): Promise<StoreSize> {
    return this.#ask({ kind: 'size' });
  }

  /** The whole database as SQLite writes it into a file. */
  copy(): Promise<Uint8Array> {
    return this.#ask({ kind: 'copy' });
  }

  clear(): Promise<null> {
    return this.#ask({ kind: 'clear' });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#worker = undefined;
    worker.ref();
    worker.postMessage({ kind: 'close' } satisfies StoreRequest);
    await once(worker, 'exit');
  }

  // The type of an answer follows from the question, on both sides of the thread.
  #ask<T>(question: StoreQuestion): Promise<T> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<T>((resolve, reject) => {
      this.#asked.set(id, { resolve: (answer) => resolve(answer as T), reject });
      this.#send({ kind: 'ask', id, question });
    });
  }

  #send(request: StoreRequest): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(request);
  }

  #start(): Worker {
    const worker = new Worker(siblingModule(import.meta.url, 'store-worker'), { workerData: this.#limits });
    worker.unref();
    worker.on('message', (reply: StoreReply) => this.#receive(reply));
    worker.on('error', (error) => {
      // The next span starts another one, with nothing in it.
      if (this.#worker === worker) this.#worker = undefined;
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const { reject } of this.#asked.values()) reject(reason);
      this.#asked.clear();
    });
    return worker;
  }

  #receive(reply: StoreReply): void {
    if (reply.kind === 'changed') {
      this.#onChange(reply.changes);
      return;
    }
    const asked = this.#asked.get(reply.id);
    this.#asked.delete(reply.id);
    if (reply.kind === 'answer') asked?.resolve(reply.answer);
    else asked?.reject(new Error(reply.message));
  }
}
