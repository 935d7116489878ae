import { once } from 'node:events';
import { type Transferable, Worker } from 'node:worker_threads';

/** A thread that answers each message with one message, one at a time. It ends no earlier than the process, and keeps none alive. */
export class WorkerThread {
  readonly #module: URL;
  readonly #purpose: string;
  #worker: Worker | undefined;
  #previous: Promise<unknown> = Promise.resolve();

  /** @param purpose what the thread does, for the error when it ends: `extracts packages` */
  constructor(module: URL, purpose: string) {
    this.#module = module;
    this.#purpose = purpose;
  }

  /** The answer to a message. @throws Error when the thread ends before it answers */
  ask(message: object, transfer: readonly Transferable[] = []): Promise<unknown> {
    const turn = this.#previous.then(() => this.#askNow(message, transfer));
    this.#previous = turn.catch(() => undefined);
    return turn;
  }

  async #askNow(message: object, transfer: readonly Transferable[]): Promise<unknown> {
    this.#worker ??= this.#start();
    const current = this.#worker;
    current.ref();
    const answered = new AbortController();
    const { signal } = answered;
    try {
      current.postMessage(message, transfer);
      const [answer]: unknown[] = await Promise.race([
        once(current, 'message', { signal }),
        once(current, 'exit', { signal }).then(() => {
          throw new Error(`the thread that ${this.#purpose} ended`);
        }),
      ]);
      return answer;
    } finally {
      answered.abort();
      current.unref();
    }
  }

  #start(): Worker {
    const started = new Worker(this.#module, { env: {}, execArgv: ['--no-warnings'] });
    started.once('exit', () => {
      if (this.#worker === started) this.#worker = undefined;
    });
    return started;
  }
}
