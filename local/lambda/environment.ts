import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Clock, Timer } from '../core/clock.ts';
import type { MemoryWatchdog } from './memory-watchdog.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './runtime/messages.ts';

/** How an invocation inside of an environment ended. */
export type Outcome = {
  readonly kind: 'success' | 'error' | 'timeout' | 'rejected';
  /** JSON text of the answer or of the error; for `rejected`, why the payload is no JSON. */
  readonly payload: string;
  readonly errorType?: string;
  /** Milliseconds of the invocation itself, without INIT. */
  readonly duration: number;
  readonly memoryBytes: number;
};

export type EnvironmentOptions = {
  readonly clock: Clock;
  /** The runtime's entry file. */
  readonly entry: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly settings: Omit<WorkerSettings, 'port'>;
  readonly memoryMb: number;
  /** Gets every line that the function or its runtime prints. */
  readonly onLog: (text: string) => void;
  readonly onEnd: () => void;
  readonly watchdog: MemoryWatchdog;
};

type Running = {
  readonly invocation: ToWorker;
  readonly onStart: () => void;
  readonly resolve: (outcome: Outcome) => void;
  timer: Timer;
  startedAt: number | undefined;
};

/** The INIT phase ends after 10 s; what it still needs counts as part of the first invocation. */
const initLimitMs = 10_000;

/** A worker thread that holds one copy of a function's code and takes one event at a time. */
export class ExecutionEnvironment {
  readonly #options: EnvironmentOptions;
  readonly #port: MessagePort;
  readonly #worker: Worker | undefined;
  readonly #startedAt = performance.now();
  #running: Running | undefined;
  #failure: { payload: string; errorType: string } | undefined;
  #memoryBytes = 0;
  #exitReason: string | undefined;
  #isReady = false;
  #isDead = false;
  /** Milliseconds, known once INIT is over. */
  initDuration: number | undefined;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker = this.#startWorker({ ...options.settings, port: port2 });
    // An idle environment must not keep the process alive.
    this.#worker?.unref();
    this.#port.unref();
  }

  #startWorker(workerData: WorkerSettings): Worker | undefined {
    const { entry, variables, memoryMb } = this.#options;
    try {
      const worker = new Worker(entry, {
        workerData,
        transferList: [workerData.port],
        env: { ...variables },
        execArgv: [],
        argv: [],
        stdout: true,
        stderr: true,
        // The old generation far above what the function may use: see MemoryWatchdog. The young one small: it is what a
        // worker grows to under load, and halving it costs no measurable time.
        resourceLimits: { maxOldGenerationSizeMb: memoryMb + 2048, maxYoungGenerationSizeMb: 8 },
      });
      worker.on('error', () => {
        this.#exitReason ??= 'exited with error: exit status 1';
      });
      worker.on('exit', (code) => this.#end(code));
      return worker;
    } catch (error) {
      // NODE_OPTIONS that Node does not take, which ends a process with status 9.
      this.#options.onLog(`${String(error)}\n`);
      this.#exitReason = 'exited with error: exit status 9';
      this.#isDead = true;
      return undefined;
    }
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /**
   * Runs one event. The environment may be dead afterwards.
   * @param onStart called when INIT is over and the event goes to the handler
   */
  run(invocation: ToWorker, onStart: () => void): Promise<Outcome> {
    return new Promise((resolve) => {
      const timer = this.#startTimer(invocation.timeoutMs + initLimitMs);
      this.#running = { invocation, onStart, resolve, timer, startedAt: undefined };
      this.#worker?.ref();
      this.#options.watchdog.watch(this);
      if (this.#isReady) this.#start();
      else if (this.#isDead) this.#settleDead();
    });
  }

  get memoryLimitBytes(): number {
    return this.#options.memoryMb * 1024 * 1024;
  }

  async measureMemory(): Promise<number | undefined> {
    try {
      const heap = await this.#worker?.getHeapStatistics();
      return heap === undefined ? undefined : heap.used_heap_size + heap.external_memory;
    } catch {
      return undefined;
    }
  }

  killForMemory(): void {
    this.#exitReason = 'exited with error: signal: killed';
    void this.kill();
  }

  /** Ends the worker; what still runs gets an exit error. */
  async kill(): Promise<void> {
    this.#isDead = true;
    await this.#worker?.terminate();
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'log':
        this.#options.onLog(message.text);
        return;
      case 'ready':
        this.#becomeReady();
        return;
      case 'result':
      case 'error':
      case 'rejected':
        this.#memoryBytes = Math.max(this.#memoryBytes, message.memoryBytes);
        this.#settle(message.type === 'result' ? 'success' : message.type, message);
        return;
      case 'fatal':
        this.#failure = message;
        this.#isDead = true;
    }
  }

  #becomeReady(): void {
    this.#isReady = true;
    this.initDuration = performance.now() - this.#startedAt;
    this.#start();
  }

  #start(): void {
    const running = this.#running;
    if (running === undefined) return;
    running.timer.cancel();
    running.timer = this.#startTimer(running.invocation.timeoutMs);
    this.#markStart(running);
    this.#port.postMessage(running.invocation);
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
    void this.#worker?.terminate();
  }

  #end(code: number): void {
    // What the worker sent right before it went may still wait in the port.
    for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port)) {
      this.#receive(next.message);
    }
    this.#port.close();
    this.#isDead = true;
    this.#exitReason ??= code === 0 ? 'exited without providing a reason' : `exited with error: exit status ${code}`;
    this.#settleDead();
    this.#options.onEnd();
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

  #settle(kind: Outcome['kind'], result: { payload: string; errorType?: string; log?: string }): void {
    const running = this.#running;
    if (running === undefined) return;
    if (running.startedAt === undefined) this.#markStart(running);
    if (result.log !== undefined) this.#options.onLog(result.log);
    this.#running = undefined;
    running.timer.cancel();
    this.#worker?.unref();
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

function errorPayload(errorType: string, requestId: string, reason: string): string {
  return JSON.stringify({ errorType, errorMessage: `RequestId: ${requestId} Error: ${reason}` });
}
