import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type RunningEndpoint = {
  readonly pid: number;
  readonly url: string;
  /** Milliseconds from spawn to the endpoint answering. */
  readonly readyAfter: number;
  /** Milliseconds from spawn to every service deployed; undefined without a deploy. */
  readonly deployedAfter: number | undefined;
  /** The address of a service's API. */
  endpointOf(service: string): Promise<string>;
  stop(): Promise<void>;
  /** Ends it as a power cut would end a process: it can finish nothing. */
  kill(): Promise<void>;
};

/** Options for APIs that take as many requests as they can, instead of 429 from 2,000 a second. */
export const unthrottled = ['--param', 'throttlingRateLimit=10000', '--param', 'throttlingBurstLimit=5000'] as const;

const root = join(import.meta.dirname, '..', '..');

/** Runs what `npm start` runs, as a process of its own, so that the load and the endpoint do not share a thread. */
export async function runEndpoint(...args: readonly string[]): Promise<RunningEndpoint> {
  const began = performance.now();
  // As `npm start` does.
  const child = spawn(process.execPath, ['--max-semi-space-size=8', 'tools/dev/launch.js', '--port', '0', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = (await line(child, /AWS endpoint ready on (http:\S+)/))[1] ?? '';
  const readyAfter = performance.now() - began;
  const isDeployed = !args.includes('--no-deploy');
  if (isDeployed) await line(child, /services? ready/);
  const deployedAfter = isDeployed ? performance.now() - began : undefined;
  return {
    pid: child.pid ?? 0,
    url,
    readyAfter,
    deployedAfter,
    endpointOf: async (service) => {
      const apis: unknown = await (await fetch(`${url}/_local/apis`)).json();
      const found = Array.isArray(apis) ? apis.find(({ stack }) => stack === `${service}-local`) : undefined;
      if (found === undefined) throw new Error(`${service} has no API`);
      return String(found.endpoint);
    },
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  };
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

function line(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: string): void => {
      text += chunk;
      const match = pattern.exec(text);
      if (match === null) return;
      child.stdout?.off('data', read);
      resolve(match);
    };
    child.stdout?.setEncoding('utf8').on('data', read);
    child.once('exit', (code) => reject(new Error(`the endpoint ended with status ${code}: ${text}`)));
  });
}
