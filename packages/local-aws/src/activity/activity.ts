import { AsyncLocalStorage } from 'node:async_hooks';

/** One run of a function, when it is over. */
export type InvocationNote = {
  readonly functionName: string;
  readonly requestId: string;
  /** The ARN of what led to it, such as a queue, a stream, a topic or a role; undefined for the developer's own call. */
  readonly source: string | undefined;
  readonly outcome: 'success' | 'error' | 'timeout';
  /** Milliseconds of the run, without INIT. */
  readonly duration: number;
  /** Milliseconds of INIT, of the first run in its execution environment. */
  readonly initDuration: number | undefined;
};

/** One request to a deployed API, when it is answered. */
export type RequestNote = {
  readonly api: { readonly apiId: string; readonly stage: string | undefined };
  readonly method: string;
  /** Below the stage, without the query, which may hold secrets. */
  readonly path: string;
  readonly status: number;
  /** Milliseconds. */
  readonly duration: number;
  /** The runs of functions that the answer waited for, authorizers included. */
  readonly invocations: readonly InvocationNote[];
};

type Open = { readonly invocations: InvocationNote[]; isAnswered: boolean };

/** Separates the invocations that belong to an API request from those that events cause. */
export class ActivityScope {
  readonly #requests = new AsyncLocalStorage<Open>();
  readonly #onInvocation: (invocation: InvocationNote) => void;

  /** @param onInvocation gets every run that belongs to no request */
  constructor(onInvocation: (invocation: InvocationNote) => void) {
    this.#onInvocation = onInvocation;
  }

  async request<T>(answer: () => Promise<T>): Promise<{ readonly result: T; readonly invocations: InvocationNote[] }> {
    const open: Open = { invocations: [], isAnswered: false };
    try {
      return { result: await this.#requests.run(open, answer), invocations: open.invocations };
    } finally {
      open.isAnswered = true;
    }
  }

  invocation(note: InvocationNote): void {
    const open = this.#requests.getStore();
    // What an API only set off goes on after its answer.
    if (open === undefined || open.isAnswered) this.#onInvocation(note);
    else open.invocations.push(note);
  }
}
