import { type ChildProcess, spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { exitReason } from './exit-reason.ts';
import { OutputLines } from './output-lines.ts';
import type { ProcessGuard } from './process-guard.ts';
import { encodeFrame, type Frame, FrameReader } from './runtime/frames.ts';
import type { EnvironmentSettings, InvocationHeader } from './runtime/messages.ts';

export type EnvironmentProcessOptions = {
  /** The runtime's entry file. */
  readonly entry: string;
  readonly settings: EnvironmentSettings;
  /** All of the process's environment variables. */
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly guard: ProcessGuard;
  /** Receives what the process writes to stdout and stderr. */
  readonly onOutput: (lines: readonly string[]) => void;
  readonly onFrame: (frame: Frame) => void;
  /** Called once, after the last output and frame. */
  readonly onExit: (reason: string) => void;
};

/**
 * As in Lambda: both streams are one, 1,024 files may be open, and no core is dumped. Standard input is empty; events come in
 * on descriptor 3, answers go out on 4.
 */
const shellScript = 'ulimit -n 1024; ulimit -c 0; exec "$0" "$@" 2>&1';

/** Payloads in answers are limited by the runtime; more than this comes from something else. */
const frameLimits = { headerBytes: 65_536, payloadBytes: 8_388_608 };

/** How long output may still come after the process has exited, from processes that left its group. */
const drainMs = 200;

/** The process of one execution environment, with the processes that it starts. */
export class EnvironmentProcess {
  readonly #options: EnvironmentProcessOptions;
  readonly #child: ChildProcess;
  readonly #events: Writable | undefined;
  readonly #reader = new FrameReader(frameLimits);
  readonly #exited = Promise.withResolvers<void>();
  #rest: OutputLines[] = [];
  #isKilled = false;

  constructor(options: EnvironmentProcessOptions) {
    this.#options = options;
    this.#child = start(options);
    const [, stdout, stderr, events, answers] = this.#child.stdio;
    for (const stream of [stdout, stderr]) if (stream instanceof Readable) this.#readOutput(stream);
    if (answers instanceof Readable) {
      answers.on('data', (chunk: Buffer) => this.#readFrames(chunk)).on('error', ignore);
      // It exits, or the function closed the descriptor: no answer can come any more.
      answers.on('end', () => this.#killGroup());
    }
    this.#events = events instanceof Writable ? events.on('error', ignore) : undefined;
    this.#events?.write(encodeFrame(options.settings, ''));
    this.#watchExit();
    if (this.#child.pid !== undefined) options.guard.add(this.#child.pid);
    this.unref();
  }

  /** 0 when it could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  send(invocation: InvocationHeader, payload: string): void {
    this.#events?.write(encodeFrame(invocation, payload));
  }

  /** Ends the process and its group. @returns when it has exited */
  kill(): Promise<void> {
    this.#killGroup();
    return this.#exited.promise;
  }

  /** Keeps the endpoint's process alive, which an idle environment does not. */
  ref(): void {
    this.#child.ref();
  }

  unref(): void {
    this.#child.unref();
    for (const stream of this.#child.stdio) {
      if (stream != null && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
    }
  }

  #readOutput(stream: Readable): void {
    const lines = new OutputLines();
    this.#rest.push(lines);
    stream.on('error', ignore);
    stream.on('data', (chunk: Buffer) => {
      const complete = lines.add(chunk);
      if (complete.length > 0) this.#options.onOutput(complete);
      // Other work has its turn between two chunks of a flood.
      stream.pause();
      setImmediate(() => stream.resume());
    });
  }

  #readFrames(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.read(chunk)) this.#options.onFrame(frame);
    } catch {
      // The function wrote to the runtime's descriptor: nothing that comes from there can be trusted any more.
      this.#killGroup();
    }
  }

  #watchExit(): void {
    let reason: string | undefined;
    const finish = (): void => {
      if (reason === undefined) return;
      clearTimeout(timer);
      const rest = this.#rest.map((lines) => lines.takeRest()).filter((line) => line !== '');
      this.#rest = [];
      if (rest.length > 0) this.#options.onOutput(rest);
      this.#options.onExit(reason);
      reason = undefined;
      this.#exited.resolve();
    };
    let timer: NodeJS.Timeout | undefined;
    this.#child.once('error', (error) => {
      if (this.#child.pid !== undefined) return;
      this.#options.onOutput([`The process could not be started: ${error.message}`]);
      reason = 'exited with error: exit status 1';
      finish();
    });
    this.#child.once('exit', (code, signal) => {
      reason = exitReason(code, signal);
      this.#killGroup();
      this.#options.guard.remove(this.pid);
      timer = setTimeout(() => {
        for (const stream of this.#child.stdio) stream?.destroy();
      }, drainMs);
    });
    this.#child.once('close', finish);
  }

  #killGroup(): void {
    if (this.#child.pid === undefined || this.#isKilled) return;
    // Once it has exited, only its descendants are left in the group.
    this.#isKilled = this.#child.exitCode !== null || this.#child.signalCode !== null;
    try {
      if (process.platform === 'win32') this.#child.kill('SIGKILL');
      else process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // All of them are gone.
    }
  }
}

function start({ entry, settings, variables, memoryMb }: EnvironmentProcessOptions): ChildProcess {
  const node = [process.execPath, ...heapOptions(memoryMb, variables), entry];
  const common = { cwd: settings.taskRoot, env: variables, windowsHide: true };
  if (process.platform === 'win32') {
    const [command = '', ...args] = node;
    return spawn(command, args, { ...common, stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] });
  }
  // A session of its own: Ctrl-C in the terminal reaches the endpoint only, and signals to group 0 stay inside.
  return spawn('/bin/sh', ['-c', shellScript, ...node], {
    ...common,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore', 'pipe', 'pipe'],
  });
}

/**
 * Lambda's runtime too sizes the heap by the memory of the function, unless NODE_OPTIONS does. The young generation is
 * bounded, because it is what idle environments keep after load.
 */
function heapOptions(memoryMb: number, { NODE_OPTIONS: options = '' }: Readonly<Record<string, string>>): string[] {
  if (/max[-_](semi|old)[-_]space[-_]size/.test(options)) return [];
  return [`--max-old-space-size=${memoryMb}`, '--max-semi-space-size=4'];
}

function ignore(): void {}
