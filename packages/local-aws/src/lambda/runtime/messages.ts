/** What an execution environment is given first, once. */
export type EnvironmentSettings = {
  /** `<path>.<export>` as in the function's configuration. */
  readonly handler: string;
  readonly taskRoot: string;
  /** The folder that stands for `/opt`; absent for a function without layers. */
  readonly opt?: string | undefined;
  /** Whether it has the layer of the AWS Parameters and Secrets extension. */
  readonly hasParametersExtension: boolean;
  /** Where Node keeps compiled code of this package. */
  readonly compileCache: string;
  /** Whether handlers follow the rules of nodejs20.x and nodejs22.x, which have callbacks, or those of nodejs24.x. */
  readonly allowsCallbacks: boolean;
  readonly logFormat: 'Text' | 'JSON';
  /** The lowest level of console.* that is written. */
  readonly logLevel: string;
  readonly maxResponseBytes: number;
  /** Whether debuggers may attach. */
  readonly isInspected: boolean;
  readonly context: {
    readonly functionName: string;
    readonly functionVersion: string;
    readonly memoryLimitInMB: string;
    readonly logGroupName: string;
    readonly logStreamName: string;
  };
};

/** What a process is given that waits for its function: it loads what most functions need. */
export type SpareHeader = { readonly isSpare: true };

/** What a process is given when its function is known. */
export type AssignmentHeader = EnvironmentSettings & {
  /** The environment variables of a process that has been a spare; others start with them. */
  readonly variables?: Readonly<Record<string, string>>;
};

/** The header of an event; the payload of its frame is the event's JSON text. */
export type InvocationHeader = {
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly functionArn: string;
  readonly traceId: string;
  /** JSON text. */
  readonly clientContext: string | undefined;
  /** Whether the caller takes a streamed response in parts. */
  readonly takesStream: boolean;
};

/** The payload is a part of a streamed response, which ends with the answer. */
export type ChunkHeader = { readonly type: 'chunk'; readonly requestId: string; readonly contentType: string };

export type AnswerHeader = {
  /**
   * - result: the payload is what the handler returned
   * - error: the handler failed; the environment lives on
   * - rejected: the event was no JSON, so the handler was not called; the payload says why
   */
  readonly type: 'result' | 'error' | 'rejected';
  readonly requestId: string;
  readonly errorType?: string;
  /** Whether the output of the invocation ends with its marker. */
  readonly isMarked: boolean;
  /** The peak of the process's resident memory, where the runtime has to measure it itself. */
  readonly memoryBytes: number;
};

/** The header of what an environment sends; the payload of its frame is the JSON text of the result or the error. */
export type EnvironmentHeader =
  | AnswerHeader
  | ChunkHeader
  /** The inspector listens at `url`. */
  | { readonly type: 'inspector'; readonly url: string }
  /** INIT is over. */
  | { readonly type: 'ready' }
  /** INIT failed, or code outside of the handler's promise did; the process exits next. */
  | { readonly type: 'fatal'; readonly errorType: string };

/** The line that ends the output of an invocation. Before END is written, the endpoint waits for it. */
export function outputMarker(requestId: string): string {
  return `\0end of ${requestId}`;
}
