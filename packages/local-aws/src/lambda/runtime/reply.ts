import { send } from './channel.ts';
import type { AnswerHeader } from './messages.ts';
import { errorShape, RuntimeError } from './runtime-error.ts';
import type { Output } from './write-log.ts';

// User code must not change how the runtime itself works.
const { stringify } = JSON;
const { platform } = process;
const resourceUsage = process.resourceUsage.bind(process);

export type ReplyOptions = {
  readonly requestId: string;
  readonly output: Output;
  readonly maxResponseBytes: number;
  readonly allowsCallbacks: boolean;
};

/** Answers one invocation. */
export class Reply {
  readonly #options: ReplyOptions;

  constructor(options: ReplyOptions) {
    this.#options = options;
  }

  /** @throws Error when JSON cannot express `result` */
  succeed(result: unknown): void {
    this.#answer({ type: 'result' }, this.#serialize(result));
  }

  /** The handler has streamed its response. @param payload all of it, for a caller that takes it as a whole */
  finish(payload: Buffer): void {
    this.#answer({ type: 'result' }, payload);
  }

  fail(thrown: unknown): void {
    this.#options.output.logError('Invoke Error', thrown);
    const shape = errorShape(thrown);
    this.#answer({ type: 'error', errorType: shape.errorType }, stringify(shape));
  }

  /** The event is no JSON. */
  reject(reason: unknown): void {
    this.#answer({ type: 'rejected' }, String(reason));
  }

  #serialize(result: unknown): string {
    try {
      return stringify(result) ?? 'null';
    } catch {
      const message = 'Unable to stringify response body';
      throw this.#options.allowsCallbacks
        ? new Error(message)
        : new RuntimeError('Runtime.JSONStringifyError', message);
    }
  }

  #answer(header: Pick<AnswerHeader, 'type' | 'errorType'>, payload: string | Buffer): void {
    const { requestId, output, maxResponseBytes } = this.#options;
    if (payload.length * 3 > maxResponseBytes && Buffer.byteLength(payload) > maxResponseBytes) {
      const errorType = 'Function.ResponseSizeTooLarge';
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${maxResponseBytes} bytes).`;
      this.#answer({ type: 'error', errorType }, stringify({ errorMessage, errorType }));
      return;
    }
    // Linux reports the peak of the process that spawned this one; there the endpoint reads /proc instead.
    const memoryBytes = platform === 'linux' ? 0 : resourceUsage().maxRSS * 1024;
    send({ ...header, requestId, isMarked: output.markEnd(requestId), memoryBytes }, payload);
  }
}
