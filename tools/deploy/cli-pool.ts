import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { bundlerAhead, type CliCommand, cliResultSchema } from './cli-command.ts';

export type CliOutput = { readonly exitCode: number; readonly stdout: string; readonly all: string };

export type CliRun = {
  readonly args: readonly string[];
  /** The folder of the service. */
  readonly folder: string;
  /** Gets what the command prints, as it comes. */
  readonly onOutput: (text: string) => void;
};

/** More processes take more memory than they save time. */
const most = 4;

/**
 * Processes of the Serverless CLI, no more than there are processors. Each runs one command after another. They end with
 * this process.
 */
export class CliPool {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #size: number;
  readonly #idle: ChildProcess[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  /** @param commands how many commands are expected */
  constructor(environment: NodeJS.ProcessEnv, commands: number) {
    this.#environment = environment;
    this.#size = Math.max(1, Math.min(most, availableParallelism(), commands));
    for (let count = 0; count < this.#size; count += 1) this.#idle.push(this.#start(count === 0 ? [] : [bundlerAhead]));
  }

  /** Calls `action` as soon as a process is free for the commands that it runs. */
  async use<T>(action: (run: (command: CliRun) => Promise<CliOutput>) => Promise<T>): Promise<T> {
    while (this.#busy >= this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy += 1;
    try {
      return await action((command) => this.#run(command));
    } finally {
      this.#busy -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** Ends the processes that run nothing. */
  close(): void {
    for (const child of this.#idle.splice(0)) child.disconnect();
  }

  async #run({ args, folder, onOutput }: CliRun): Promise<CliOutput> {
    const child = this.#idle.shift() ?? this.#start();
    const end = `\0${randomUUID()}\n`;
    let stdout = '';
    let all = '';
    const collect = (stream: Readable | null, onText: (text: string) => void): Promise<void> =>
      readUntil(stream, end, (text) => {
        all += text;
        onText(text);
        onOutput(text);
      });
    const outputs = [
      collect(child.stdout, (text) => {
        stdout += text;
      }),
      collect(child.stderr, () => {}),
    ];
    const command: CliCommand = { args: [...args], folder, end };
    child.send(command);
    const ended = new AbortController();
    const exitCode = await Promise.race([
      once(child, 'message', { signal: ended.signal }).then(([result]) => cliResultSchema.parse(result).exitCode),
      // Some errors of the CLI end its process.
      once(child, 'close', { signal: ended.signal }).then(([code]) => (typeof code === 'number' ? code : 1)),
    ]);
    ended.abort();
    await Promise.all(outputs);
    if (child.connected) this.#idle.push(child);
    return { exitCode, stdout, all };
  }

  #start(args: readonly string[] = []): ChildProcess {
    return fork(join(import.meta.dirname, 'cli-process.ts'), args, {
      env: this.#environment,
      // By default a third of the time goes to collecting garbage.
      execArgv: ['--max-semi-space-size=16'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
  }
}

/** Reads up to the text `end`, or to the end of the stream. */
async function readUntil(stream: Readable | null, end: string, onText: (text: string) => void): Promise<void> {
  if (stream === null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  let held = '';
  const read = (text: string): void => {
    held += text;
    const isEnded = held.endsWith(end);
    // The text may come in pieces.
    const from = isEnded ? held.length - end.length : held.lastIndexOf('\0');
    const shown = from < 0 ? held : held.slice(0, from);
    held = from < 0 ? '' : held.slice(from);
    if (shown !== '') onText(shown);
    if (isEnded) resolve();
  };
  stream.setEncoding('utf8').on('data', read).once('close', resolve);
  await promise;
  stream.removeListener('data', read).removeListener('close', resolve);
  if (held !== '' && held !== end) onText(held);
}
