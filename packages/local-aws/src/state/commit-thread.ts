import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { siblingModule } from '../core/sibling-module.ts';
import { StateWriteError } from '../core/state-store.ts';
import type { CommitAnswer, CommitRequest } from './commit-worker.ts';
import type { Change } from './group-commit.ts';

/** The thread that writes, one group at a time. It starts with the first one. */
export class CommitThread {
  readonly #file: string;
  readonly #maxPages: () => number | undefined;
  #worker: Worker | undefined;
  #settle: ((failure: string | undefined) => void) | undefined;

  constructor(file: string, maxPages: () => number | undefined) {
    this.#file = file;
    this.#maxPages = maxPages;
  }

  /** @throws StateWriteError */
  async write(changes: readonly Change[]): Promise<void> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const pieces = piecesOf(changes);
    const written = new Promise<string | undefined>((resolve) => {
      this.#settle = resolve;
    });
    // The process does not end before what it is writing is written.
    worker.ref();
    const maxPages = this.#maxPages();
    for (const [index, piece] of pieces.entries()) {
      // Copying a large group at once would hold the event loop.
      if (index > 0) await nextTurn();
      const request: CommitRequest = { changes: piece, isLast: index === pieces.length - 1, maxPages };
      worker.postMessage(request);
    }
    const failure = await written;
    worker.unref();
    if (failure !== undefined) throw new StateWriteError(failure);
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    worker.ref();
    worker.postMessage('close');
    await once(worker, 'exit');
  }

  #start(): Worker {
    const worker = new Worker(siblingModule(import.meta.url, 'commit-worker'), { workerData: this.#file });
    worker.on('message', ({ failure }: CommitAnswer) => this.#settle?.(failure));
    worker.on('error', (error) => {
      // The next write starts another one.
      this.#worker = undefined;
      this.#settle?.(`${this.#file} cannot be written: ${error instanceof Error ? error.message : error}`);
    });
    return worker;
  }
}

const maxRecords = 500;
const maxCharacters = 1_000_000;

/** At least one, which may be empty. */
function piecesOf(changes: readonly Change[]): Change[][] {
  let last: Change[] = [];
  const pieces = [last];
  let characters = 0;
  for (const change of changes) {
    const [, , value] = change;
    if (last.length >= maxRecords || characters >= maxCharacters) {
      last = [];
      pieces.push(last);
      characters = 0;
    }
    last.push(change);
    characters += value?.length ?? 0;
  }
  return pieces;
}
