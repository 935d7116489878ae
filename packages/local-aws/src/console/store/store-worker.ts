import { parentPort, workerData } from 'node:worker_threads';
import { changesSince, listLogs, listTraces, readOneSpan, readWholeTrace } from './read-store.ts';
import { type Changes, changesOf, SpanDatabase } from './span-database.ts';
import type { BatchRows, LogFilter, StoreLimits, TraceFilter } from './stored.ts';

export type StoreQuestion =
  | { readonly kind: 'traces'; readonly filter: TraceFilter }
  | { readonly kind: 'trace'; readonly traceId: string }
  | { readonly kind: 'span'; readonly spanId: string }
  | { readonly kind: 'logs'; readonly filter: LogFilter }
  | { readonly kind: 'since'; readonly revision: number }
  | { readonly kind: 'size' }
  | { readonly kind: 'copy' }
  | { readonly kind: 'clear' };

export type StoreRequest =
  | { readonly kind: 'write'; readonly batch: BatchRows; readonly isFollowed: boolean }
  | { readonly kind: 'ask'; readonly id: number; readonly question: StoreQuestion }
  | { readonly kind: 'close' };

export type StoreReply =
  | { readonly kind: 'changed'; readonly changes: Changes }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

/** Stores spans and answers what is asked about them, on a thread of its own: neither is in the path of a request. */
const limits: StoreLimits = workerData;
const store = new SpanDatabase(limits);

parentPort?.on('message', (request: StoreRequest) => {
  switch (request.kind) {
    case 'write':
      write(request.batch, request.isFollowed);
      return;
    case 'ask':
      answer(request.id, request.question);
      return;
    case 'close':
      store.database.close();
      parentPort?.close();
  }
});

function write(batch: BatchRows, isFollowed: boolean): void {
  const written = store.write(batch);
  if (isFollowed) reply({ kind: 'changed', changes: changesOf(written) });
}

function answer(id: number, question: StoreQuestion): void {
  try {
    reply({ kind: 'answer', id, answer: answerTo(question) });
  } catch (error) {
    reply({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) });
  }
}

function answerTo(question: StoreQuestion): unknown {
  switch (question.kind) {
    case 'traces':
      return listTraces(store, question.filter);
    case 'trace':
      return readWholeTrace(store, question.traceId);
    case 'span':
      return readOneSpan(store, question.spanId);
    case 'logs':
      return listLogs(store, question.filter);
    case 'since':
      return changesSince(store, question.revision);
    case 'size':
      return { ...store.size, revision: store.revision };
    case 'copy':
      return store.database.serialize();
    case 'clear':
      store.clear();
      return null;
  }
}

function reply(message: StoreReply): void {
  parentPort?.postMessage(message);
}
