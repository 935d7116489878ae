import type { ChildProcess } from 'node:child_process';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';
import type { Clock, Timer } from '../core/clock.ts';
import type { ProcessGuard } from './process-guard.ts';
import { encodeFrame } from './runtime/frames.ts';
import type { EnvironmentSettings } from './runtime/messages.ts';
import { killGroup, startRuntimeProcess, unrefProcess } from './runtime-process.ts';

export type RuntimeLauncherOptions = {
  readonly clock: Clock;
  /** The runtime's entry file. */
  readonly entry: string;
  readonly guard: ProcessGuard;
  /** Options of Node for every process. */
  readonly nodeOptions?: readonly string[];
};

export type Launch = {
  readonly settings: EnvironmentSettings;
  /** All of the process's environment variables. */
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMb: number;
};

type Spare = {
  readonly child: ChildProcess;
  readonly memoryMb: number;
  readonly variables: Readonly<Record<string, string>>;
};

/**
 * Variables that Node, V8 or the C library read when a process starts. A spare process fits when it started with the same
 * ones. A function that sets other options of Node than the spare has always gets a fresh process.
 */
const readAtStart =
  /^(?:TZ|LANG|LANGUAGE|HOME|USERPROFILE|(?:LC|LD|DYLD|NODE(?!_(?:ENV|PATH)$)|UV|ICU|SSL|OPENSSL|MALLOC|GLIBC)_.*)$/;

/** A spare starts when no process has been started for this long: it must not compete with the function that starts. */
const quietMs = 300;
/** As long as the pool keeps environments warm. */
const spareMs = 15 * 60_000;

/**
 * Starts the processes of execution environments, and keeps one more that waits for its function. Node starts in it, and
 * loads its modules for HTTP, before a function needs them, which is about half of a cold start.
 */
export class RuntimeLauncher {
  readonly #options: RuntimeLauncherOptions;
  #spare: Spare | undefined;
  #timer: Timer | undefined;

  constructor(options: RuntimeLauncherOptions) {
    this.#options = options;
  }

  /** @returns a process that has been given its settings */
  launch({ settings, variables, memoryMb }: Launch): ChildProcess {
    const spare = this.#take(memoryMb, variables);
    const child = spare ?? startRuntimeProcess({ ...this.#options, directory: settings.taskRoot, variables, memoryMb });
    write(child, spare === undefined ? settings : { ...settings, variables });
    this.#prepare(memoryMb, variables);
    return child;
  }

  close(): void {
    this.#timer?.cancel();
    this.#end();
  }

  #take(memoryMb: number, variables: Launch['variables']): ChildProcess | undefined {
    const spare = this.#spare;
    if (spare === undefined || spare.memoryMb !== memoryMb || !fits(spare, variables)) return undefined;
    this.#spare = undefined;
    return spare.child;
  }

  /** Functions of one project mostly have the same memory size, so the next process is expected to be like the last. */
  #prepare(memoryMb: number, variables: Launch['variables']): void {
    if (!mayShare(variables)) return;
    const { clock } = this.#options;
    this.#timer?.cancel();
    this.#timer = clock.schedule(() => {
      this.#timer = clock.schedule(() => this.#end(), spareMs);
      if (this.#spare?.memoryMb === memoryMb && fits(this.#spare, variables)) return;
      this.#end();
      this.#start(memoryMb, startVariables(variables));
    }, quietMs);
  }

  #start(memoryMb: number, variables: Launch['variables']): void {
    // Windows does not remove directories that a process is in.
    const directory = dirname(process.execPath);
    const child = startRuntimeProcess({ ...this.#options, directory, variables, memoryMb });
    // Without a listener the error would be thrown; the next launch meets it again and reports it.
    child.once('error', () => this.#forget(child)).once('exit', () => this.#forget(child));
    unrefProcess(child);
    write(child, { isSpare: true });
    this.#spare = { child, memoryMb, variables };
  }

  #forget(child: ChildProcess): void {
    if (this.#spare?.child === child) this.#spare = undefined;
  }

  #end(): void {
    if (this.#spare !== undefined) killGroup(this.#spare.child);
    this.#spare = undefined;
  }
}

/** Options of Node can name files of the function, or run its code before the runtime. */
function mayShare(variables: Launch['variables']): boolean {
  return Object.keys(variables).every((name) => !/^(?:NODE(?!_(?:ENV|PATH)$)|LD|DYLD)_/.test(name));
}

function fits(spare: Spare, variables: Launch['variables']): boolean {
  const wanted = Object.entries(startVariables(variables));
  return (
    wanted.length === Object.keys(spare.variables).length &&
    wanted.every(([name, value]) => spare.variables[name] === value)
  );
}

function startVariables(variables: Launch['variables']): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => readAtStart.test(name)));
}

function write(child: ChildProcess, header: object): void {
  const events = child.stdio[3];
  if (events instanceof Writable) events.on('error', ignore).write(encodeFrame(header, ''));
}

function ignore(): void {}
