import type { MessagePort } from 'node:worker_threads';

/** What an execution environment's worker is started with. */
export type WorkerSettings = {
  readonly port: MessagePort;
  /** `<path>.<export>` as in the function's configuration. */
  readonly handler: string;
  readonly taskRoot: string;
  /** From nodejs24.x on, handlers that take a callback are refused. */
  readonly allowsCallbacks: boolean;
  readonly logFormat: 'Text' | 'JSON';
  /** The lowest level of console.* that is written. */
  readonly logLevel: string;
  readonly maxResponseBytes: number;
  readonly context: {
    readonly functionName: string;
    readonly functionVersion: string;
    readonly memoryLimitInMB: string;
    readonly logGroupName: string;
    readonly logStreamName: string;
  };
};

export type ToWorker = {
  readonly requestId: string;
  /** JSON text: parsed by the worker, never by the endpoint's own thread. */
  readonly payload: string;
  readonly timeoutMs: number;
  readonly functionArn: string;
  readonly traceId: string;
  /** JSON text. */
  readonly clientContext: string | undefined;
};

export type FromWorker =
  | { readonly type: 'log'; readonly text: string }
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly payload: string; readonly memoryBytes: number }
  /** The payload is no JSON; the handler never saw it. */
  | { readonly type: 'rejected'; readonly payload: string; readonly memoryBytes: number }
  /** The handler failed; the environment lives on. */
  | { readonly type: 'error'; readonly payload: string; readonly errorType: string; readonly memoryBytes: number }
  /** INIT failed, or code outside of the handler's promise did; the environment ends. */
  | { readonly type: 'fatal'; readonly payload: string; readonly errorType: string };
