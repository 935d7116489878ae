import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from 'local-aws/testing';

type Started = Disposable & {
  readonly pid: number;
  /** All that it printed so far, on both streams. */
  output(): string;
  /** Waits until it has printed that. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  url(): Promise<string>;
  /** Ctrl-C; gives the exit code. */
  interrupt(): Promise<number | null>;
};

/** Starts the endpoint from the clone in `folder`, on any port; disposing of it kills it. */
export function start(folder: string, ...args: string[]): Started {
  const child: ChildProcess = spawn(process.execPath, ['tools/dev/launch.js', '--port', '0', ...args], {
    cwd: folder,
    // Some shells and CI set this for all that they run, also for what programs read.
    env: { ...process.env, FORCE_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const prints = (pattern: RegExp): Promise<RegExpExecArray> =>
    until(
      `${pattern}`,
      () => {
        const found = pattern.exec(output);
        if (found === null && child.exitCode !== null) throw new Error(`It ended without ${pattern}:\n${output}`);
        return found ?? undefined;
      },
      60_000,
    );
  return {
    pid: child.pid ?? 0,
    output: () => output,
    prints,
    url: async () => (await prints(/AWS endpoint ready on (http:\S+)/))[1] ?? '',
    async interrupt() {
      child.kill('SIGINT');
      await exited;
      return child.exitCode;
    },
    [Symbol.dispose]: () => {
      if (child.exitCode === null) child.kill('SIGKILL');
    },
  };
}
