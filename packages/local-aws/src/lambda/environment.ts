import type { Writable } from 'node:stream';
import type { Clock, Timer } from '../core/clock.ts';
import type { OpenStream } from '../core/lambda-invoker.ts';
import { parseEnvironmentHeader } from './environment-header.ts';
import { EnvironmentProcess } from './environment-process.ts';
import { errorPayload, isHeapExhausted, killedForMemory } from './exit-reason.ts';
import type { MemoryWatchdog } from './memory-watchdog.ts';
import { PeakMemory } from './process-memory.ts';
import type { Frame } from './runtime/frames.ts';
import {
  type AnswerHeader,
  type ChunkHeader,
  type EnvironmentSettings,
  type InvocationHeader,
  outputMarker,
} from './runtime/messages.ts';
import type { RuntimeLauncher } from './runtime-launcher.ts';

/** How an invocation inside of an environment ended. */
export type Outcome = {
  readonly kind: 'success' | 'error' | 'timeout' | 'rejected';
  /** JSON text of the answer or of the error; for `rejected`, why the payload is no JSON. */
  readonly payload: Buffer;
  readonly errorType?: string;
  /** Milliseconds of the invocation itself, without INIT. */
  readonly duration: number;
  /** The most resident memory that the environment had until now. */
  readonly memoryBytes: number;
};

/** An event for an environment. */
export type Invocation = Omit<InvocationHeader, 'takesStream'> & {
  /** JSON text: parsed by the runtime, never by the endpoint. */
  readonly payload: string;
  /** Where a streamed response goes. */
  readonly onStream: OpenStream | undefined;
};

export type EnvironmentOptions = {
  readonly clock: Clock;
  readonly launcher: RuntimeLauncher;
  /** All of the process's environment variables. */
  readonly variables: Readonly<Record<string, string>>;
  readonly settings: EnvironmentSettings;
  readonly memoryMb: number;
  /** Receives the lines that the function or its runtime prints. */
  readonly onLog: (lines: readonly string[]) => void;
  readonly onEnd: () => void;
  readonly watchdog: MemoryWatchdog;
  /** Takes in the process when debuggers may attach to it. @returns called when it has ended */
  readonly onInspector?: ((pid: number, url: string) => () => void) | undefined;
};

type Failure = { readonly payload: Buffer; readonly errorType: string };

type Running = {
  readonly invocation: Invocation;
  readonly onStart: () => void;
  readonly resolve: (outcome: Outcome) => void;
  timer: Timer;
  startedAt: number | undefined;
  /** What the runtime answered, while output from before the answer is still on its way. */
  answer: { readonly header: AnswerHeader; readonly payload: Buffer } | undefined;
  stream: Writable | undefined;
  isOutputComplete: boolean;
};

/** The INIT phase ends after 10 s; the time beyond counts as part of the first invocation. */
const initLimitMs = 10_000;

/** How long an answer waits for output from before it. Only a function that redirects its own output takes longer. */
const outputLimitMs = 1000;

/** A process that holds one copy of a function's code and takes one event at a time. */
export class ExecutionEnvironment {
  readonly #options: EnvironmentOptions;
  readonly #process: EnvironmentProcess;
  readonly #peakMemory: PeakMemory;
  readonly #startedAt = performance.now();
  #running: Running | undefined;
  #failure: Failure | undefined;
  #memoryBytes = 0;
  #exitReason: string | undefined;
  #isReady = false;
  #forgetInspector: (() => void) | undefined;
  #isDead = false;
  readonly #initialized = Promise.withResolvers<boolean>();
  readonly #ended = Promise.withResolvers<void>();
  /** Milliseconds, known once INIT is over. */
  initDuration: number | undefined;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.#process = new EnvironmentProcess({
      ...options,
      onOutput: (lines) => this.#readOutput(lines),
      onFrame: (frame) => this.#receive(frame),
      onExit: (reason) => this.#end(reason),
    });
    this.#peakMemory = new PeakMemory(this.pid);
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Resolves when INIT is over. @returns whether it succeeded */
  get initialized(): Promise<boolean> {
    return this.#initialized.promise;
  }

  /** Resolves when the process is gone. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get memoryLimitBytes(): number {
    return this.#options.memoryMb * 1024 * 1024;
  }

  /** The most resident memory that it had, as of its last invocation. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /**
   * Runs one event. The environment may be dead afterwards.
   * @param onStart called when INIT is over and the event goes to the handler
   */
  run(invocation: Invocation, onStart: () => void): Promise<Outcome> {
    return new Promise((resolve) => {
      const timer = this.#startTimer(invocation.timeoutMs + initLimitMs);
      const state = { startedAt: undefined, answer: undefined, stream: undefined, isOutputComplete: false };
      this.#running = { invocation, onStart, resolve, timer, ...state };
      this.#process.ref();
      this.#options.watchdog.watch(this);
      if (this.#isReady) this.#start();
      else if (this.#isDead) this.#settleDead();
    });
  }

  noteMemory(bytes: number): void {
    this.#memoryBytes = Math.max(this.#memoryBytes, bytes);
  }

  killForMemory(): void {
    this.#exitReason = killedForMemory;
    void this.kill();
  }

  /** Ends the process; an invocation that still runs gets an exit error. */
  async kill(): Promise<void> {
    this.#isDead = true;
    await this.#process.kill();
  }

  #receive({ header: text, payload }: Frame): void {
    const header = parseEnvironmentHeader(text);
    switch (header.type) {
      case 'inspector':
        this.#forgetInspector ??= this.#options.onInspector?.(this.pid, header.url);
        return;
      case 'ready':
        this.#becomeReady();
        return;
      case 'fatal':
        this.#failure = { payload, errorType: header.errorType };
        this.#isDead = true;
        this.#initialized.resolve(false);
        return;
      case 'chunk':
        this.#takeChunk(header, payload);
        return;
      case 'result':
      case 'error':
      case 'rejected':
        this.#takeAnswer(header, payload);
    }
  }

  #takeChunk({ requestId, contentType }: ChunkHeader, payload: Buffer): void {
    const running = this.#running;
    if (running?.startedAt === undefined || running.invocation.requestId !== requestId) return;
    running.stream ??= running.invocation.onStream?.(contentType);
    if (running.stream === undefined || running.stream.write(payload)) return;
    // The function waits while its client does not read.
    this.#process.pauseAnswers();
    running.stream.once('drain', () => this.#process.resumeAnswers());
  }

  #takeAnswer(header: AnswerHeader, payload: Buffer): void {
    const running = this.#running;
    // An answer to another request can only come from the function itself.
    if (running?.startedAt === undefined || running.invocation.requestId !== header.requestId) return;
    running.answer ??= { header, payload };
    if (!header.isMarked || running.isOutputComplete) {
      this.#settleAnswer();
      return;
    }
    setTimeout(() => {
      if (this.#running === running) this.#settleAnswer();
    }, outputLimitMs).unref();
  }

  #readOutput(lines: readonly string[]): void {
    const marker = this.#running && outputMarker(this.#running.invocation.requestId);
    const last = lines.at(-1);
    // Only the last line of a chunk can be the marker, because the runtime waits for the next event after it.
    const isComplete = marker !== undefined && last?.endsWith(marker) === true;
    const printed = isComplete ? [...lines.slice(0, -1), last.slice(0, -marker.length)] : lines;
    if (printed.some(isHeapExhausted)) this.#exitReason ??= killedForMemory;
    const log = printed.filter((line) => line !== '' && !this.#isOfInspector(line)).map((line) => `${line}\n`);
    if (log.length > 0) this.#options.onLog(log);
    if (!isComplete || this.#running === undefined) return;
    this.#running.isOutputComplete = true;
    if (this.#running.answer !== undefined) this.#settleAnswer();
  }

  /** Node itself prints these into the output of a function that is debugged. */
  #isOfInspector(line: string): boolean {
    return (
      this.#forgetInspector !== undefined &&
      /^(?:Debugger attached\.|Waiting for the debugger to disconnect)/.test(line)
    );
  }

  #becomeReady(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.initDuration = performance.now() - this.#startedAt;
    this.#initialized.resolve(true);
    this.#start();
  }

  #start(): void {
    const running = this.#running;
    if (running === undefined) return;
    running.timer.cancel();
    running.timer = this.#startTimer(running.invocation.timeoutMs);
    this.#markStart(running);
    const { payload, onStream, ...header } = running.invocation;
    this.#process.send({ ...header, takesStream: onStream !== undefined }, payload);
  }

  #markStart(running: Running): void {
    running.onStart();
    running.startedAt = performance.now();
  }

  #startTimer(delay: number): Timer {
    return this.#options.clock.schedule(() => this.#timeOut(), delay);
  }

  #timeOut(): void {
    const { invocation } = this.#running ?? {};
    if (invocation === undefined) return;
    const message = `Task timed out after ${(invocation.timeoutMs / 1000).toFixed(2)} seconds`;
    const time = new Date(this.#options.clock.now()).toISOString();
    this.#isDead = true;
    this.#settle('timeout', {
      errorType: 'Sandbox.Timedout',
      payload: errorPayload('Sandbox.Timedout', invocation.requestId, message),
      log: `${time} ${invocation.requestId} ${message}\n\n`,
    });
    void this.#process.kill();
  }

  #end(reason: string): void {
    this.#forgetInspector?.();
    this.#isDead = true;
    this.#exitReason ??= reason;
    if (this.#running?.answer === undefined) this.#settleDead();
    else this.#settleAnswer();
    this.#peakMemory.close();
    this.#options.onEnd();
    this.#initialized.resolve(false);
    this.#ended.resolve();
  }

  #settleDead(): void {
    const requestId = this.#running?.invocation.requestId ?? '';
    this.#settle(
      'error',
      this.#failure ?? {
        errorType: 'Runtime.ExitError',
        payload: errorPayload('Runtime.ExitError', requestId, `Runtime ${this.#exitReason}`),
      },
    );
  }

  #settleAnswer(): void {
    const answer = this.#running?.answer;
    if (answer === undefined) return;
    const { type, errorType, memoryBytes } = answer.header;
    this.noteMemory(this.#peakMemory.read() ?? memoryBytes);
    const { payload } = answer;
    this.#settle(type === 'result' ? 'success' : type, { payload, ...(errorType === undefined ? {} : { errorType }) });
  }

  #settle(kind: Outcome['kind'], result: { payload: Buffer; errorType?: string; log?: string }): void {
    const running = this.#running;
    if (running === undefined) return;
    if (running.startedAt === undefined) this.#markStart(running);
    if (result.log !== undefined) this.#options.onLog([result.log]);
    this.#running = undefined;
    running.timer.cancel();
    this.#process.unref();
    this.#options.watchdog.unwatch(this);
    running.resolve({
      kind,
      payload: result.payload,
      ...(result.errorType === undefined ? {} : { errorType: result.errorType }),
      duration: kind === 'timeout' ? running.invocation.timeoutMs : performance.now() - (running.startedAt ?? 0),
      memoryBytes: this.#memoryBytes,
    });
  }
}
