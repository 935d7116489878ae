import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { StateWriteError } from '../core/state-store.ts';
import type { CommitAnswer, CommitOptions } from './commit-worker.ts';
import type { Change } from './group-commit.ts';

/** The thread that writes, one group at a time. It starts with the first one. */
export class CommitThread {
  readonly #options: CommitOptions;
  #worker: Worker | undefined;
  #settle: ((failure: string | undefined) => void) | undefined;

  constructor(options: CommitOptions) {
    this.#options = options;
  }

  /** @throws StateWriteError */
  async write(changes: readonly Change[]): Promise<void> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const written = new Promise<string | undefined>((resolve) => {
      this.#settle = resolve;
    });
    // The process does not end before what it is writing is written.
    worker.ref();
    worker.postMessage(changes);
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
    const worker = new Worker(new URL('./commit-worker.ts', import.meta.url), { workerData: this.#options });
    worker.on('message', ({ failure }: CommitAnswer) => this.#settle?.(failure));
    worker.on('error', (error) => {
      // The next write starts another one.
      this.#worker = undefined;
      this.#settle?.(`${this.#options.file} cannot be written: ${error instanceof Error ? error.message : error}`);
    });
    return worker;
  }
}
