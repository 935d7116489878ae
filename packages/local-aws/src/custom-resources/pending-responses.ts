import { randomBytes } from 'node:crypto';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { OperationInterrupted } from '../core/operation-interrupted.ts';
import type { PendingWork } from '../core/pending-work.ts';
import type { Page } from '../edge/server.ts';
import { responsePath } from '../lambda/runtime/response-path.ts';

type Options = {
  readonly clock: Clock;
  /** Such as `http://localhost:4566`. */
  readonly endpointUrl: () => string;
};

export type Expected = {
  readonly work: PendingWork;
  readonly timeoutMs: number;
  /** The message of the error when there is no response in time. */
  readonly onTimeout: string;
  /** Aborts when the response is of no use any more. */
  readonly signal?: AbortSignal | undefined;
  /** The message of the error when `signal` aborts. */
  readonly onAbort: string;
};

/**
 * The responses that CloudFormation waits for. Each has an address that takes one `PUT`: on AWS a presigned URL of S3,
 * here a path with 256 random bits.
 */
export class PendingResponses {
  readonly #clock: Clock;
  readonly #endpointUrl: () => string;
  readonly #waiting = new Map<string, PromiseWithResolvers<Buffer> & { readonly work: PendingWork }>();
  #isInterrupted = false;

  constructor({ clock, endpointUrl }: Options) {
    this.#clock = clock;
    this.#endpointUrl = endpointUrl;
  }

  /**
   * Waits for the response to what `send` sends.
   * @throws Error of `send`, after `timeoutMs`, and when `signal` aborts
   */
  async receive(send: (url: string) => Promise<void>, expected: Expected): Promise<Buffer> {
    const { work, timeoutMs, onTimeout, signal, onAbort } = expected;
    if (this.#isInterrupted) throw new OperationInterrupted();
    const token = randomBytes(32).toString('base64url');
    const response = Promise.withResolvers<Buffer>();
    const cancel = (): void => response.reject(new Error(onAbort));
    this.#waiting.set(token, { ...response, work });
    signal?.addEventListener('abort', cancel);
    const timer = this.#clock.schedule(() => response.reject(new Error(onTimeout)), timeoutMs);
    try {
      const sent = send(`${this.#endpointUrl()}${responsePath}${token}`);
      return await Promise.race([response.promise, sent.then(() => response.promise)]);
    } finally {
      this.#waiting.delete(token);
      timer.cancel();
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** The page that takes the response of a path. */
  page(path: string): Page | undefined {
    if (!path.startsWith(responsePath)) return undefined;
    return ({ method, body }) => {
      if (method !== 'PUT')
        throw new AwsError('MethodNotAllowed', 'Send the response of a custom resource by PUT.', 405);
      const token = path.slice(responsePath.length);
      const response = this.#waiting.get(token);
      if (response === undefined) throw new AwsError('AccessDenied', 'CloudFormation expects no response here.', 403);
      this.#waiting.delete(token);
      response.resolve(body);
      return {};
    };
  }

  pending(): readonly PendingWork[] {
    return [...this.#waiting.values()].map(({ work }) => work);
  }

  /** Ends all waiting, also what begins later. */
  interrupt(): void {
    this.#isInterrupted = true;
    for (const response of this.#waiting.values()) response.reject(new OperationInterrupted());
  }
}
