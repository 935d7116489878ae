import type { ChildProcess } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { exitReason } from './exit-reason.ts';
import { OutputLines } from './output-lines.ts';
import { encodeFrame, type Frame, FrameReader } from './runtime/frames.ts';
import type { InvocationHeader } from './runtime/messages.ts';
import type { Launch, RuntimeLauncher } from './runtime-launcher.ts';
import { killGroup, unrefProcess } from './runtime-process.ts';

export type EnvironmentProcessOptions = Launch & {
  readonly launcher: RuntimeLauncher;
  /** Receives what the process writes to stdout and stderr. */
  readonly onOutput: (lines: readonly string[]) => void;
  readonly onFrame: (frame: Frame) => void;
  /** Called once, after the last output and frame. */
  readonly onExit: (reason: string) => void;
};

/** Payloads in answers are limited by the runtime; more than this comes from something else. */
const frameLimits = { headerBytes: 65_536, payloadBytes: 8_388_608 };

/** The most that Node reads from a pipe at once. A shorter chunk is all that there is for now. */
const readBytes = 65_536;

/** How long output may still come after the process has exited, from processes that left its group. */
const drainMs = 200;

/** The process of one execution environment, with the processes that it starts. */
export class EnvironmentProcess {
  readonly #options: EnvironmentProcessOptions;
  readonly #child: ChildProcess;
  readonly #events: Writable | undefined;
  readonly #answers: Readable | undefined;
  readonly #reader = new FrameReader(frameLimits);
  readonly #exited = Promise.withResolvers<void>();
  #rest: OutputLines[] = [];

  constructor(options: EnvironmentProcessOptions) {
    this.#options = options;
    this.#child = options.launcher.launch(options);
    const [, stdout, stderr, events, answers] = this.#child.stdio;
    for (const stream of [stdout, stderr]) if (stream instanceof Readable) this.#readOutput(stream);
    this.#answers = answers instanceof Readable ? answers : undefined;
    if (answers instanceof Readable) {
      answers.on('data', (chunk: Buffer) => this.#readFrames(chunk)).on('error', ignore);
      // It exits, or the function closed the descriptor: no answer can come any more.
      answers.on('end', () => killGroup(this.#child));
    }
    this.#events = events instanceof Writable ? events.on('error', ignore) : undefined;
    this.#watchExit();
    this.unref();
  }

  /** 0 when it could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  send(invocation: InvocationHeader, payload: string): void {
    this.#events?.write(encodeFrame(invocation, payload));
  }

  /** Stops to read answers, so that the process has to wait with what it sends. */
  pauseAnswers(): void {
    this.#answers?.pause();
  }

  resumeAnswers(): void {
    this.#answers?.resume();
  }

  /** Ends the process and its group. @returns when it has exited */
  kill(): Promise<void> {
    killGroup(this.#child);
    return this.#exited.promise;
  }

  /** Keeps the endpoint's process alive, which an idle environment does not. */
  ref(): void {
    this.#child.ref();
  }

  unref(): void {
    unrefProcess(this.#child);
  }

  #readOutput(stream: Readable): void {
    const lines = new OutputLines();
    this.#rest.push(lines);
    stream.on('error', ignore);
    stream.on('data', (chunk: Buffer) => {
      const complete = lines.add(chunk);
      if (complete.length > 0) this.#options.onOutput(complete);
      // Other work has its turn between two chunks of a flood, of which each fills the buffer of a read.
      if (chunk.length < readBytes) return;
      stream.pause();
      setImmediate(() => stream.resume());
    });
  }

  #readFrames(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.read(chunk)) this.#options.onFrame(frame);
    } catch {
      // The function wrote to the runtime's descriptor: nothing that comes from there can be trusted any more.
      killGroup(this.#child);
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
      timer = setTimeout(() => {
        for (const stream of this.#child.stdio) stream?.destroy();
      }, drainMs);
    });
    this.#child.once('close', finish);
  }
}

function ignore(): void {}
