import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { median } from './load.ts';

export type ColdStart = {
  readonly bytes: number;
  /** Milliseconds that a fresh process takes for loading the bundle, over one that loads nothing. */
  readonly init: number;
  /** Milliseconds of the first invocation in that process. */
  readonly firstInvoke: number;
  /** Milliseconds of processor time of both, which a busy machine changes less than the time that passes. */
  readonly cpu: number;
};

const probe = `
  const { performance } = require('node:perf_hooks');
  const [, file, handler, event] = process.argv;
  const before = process.cpuUsage();
  const began = performance.now();
  const module = file === '' ? { [handler]: async () => {} } : require(file);
  const loaded = performance.now();
  const context = { functionName: 'bench', functionVersion: '$LATEST', awsRequestId: '00000000-0000-4000-8000-000000000000',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench', memoryLimitInMB: '256',
    getRemainingTimeInMillis: () => 10000, callbackWaitsForEmptyEventLoop: true };
  Promise.resolve(module[handler](JSON.parse(event), context)).catch(() => {}).then(() => {
    const { user, system } = process.cpuUsage(before);
    const cpu = (user + system) / 1000;
    process.stderr.write(JSON.stringify({ init: loaded - began, firstInvoke: performance.now() - loaded, cpu }));
    process.exit(0);
  });`;

/** Loads and invokes a bundled function in fresh processes of Node 24 and gives the medians. */
export function measureColdStart(options: {
  readonly file: string;
  readonly handler: string;
  readonly event: object;
  readonly environment: Readonly<Record<string, string>>;
  readonly runs: number;
}): ColdStart {
  const run = (file: string): Omit<ColdStart, 'bytes'> => {
    const { stderr } = spawnSync(
      process.execPath,
      ['-e', probe, file, options.handler, JSON.stringify(options.event)],
      {
        env: options.environment,
        encoding: 'utf8',
      },
    );
    return JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
  };
  // By turns, so that both meet the same machine.
  const pairs = Array.from({ length: options.runs }, () => ({ empty: run(''), loaded: run(options.file) }));
  const difference = (name: 'init' | 'firstInvoke' | 'cpu'): number =>
    median(pairs.map(({ loaded }) => loaded[name])) - median(pairs.map(({ empty }) => empty[name]));
  return {
    bytes: statSync(options.file).size,
    init: difference('init'),
    firstInvoke: difference('firstInvoke'),
    cpu: difference('cpu'),
  };
}
