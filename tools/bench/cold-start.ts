import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import * as z from 'zod';
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

/** A bundled function, and how to invoke it. */
export type ProbedFunction = {
  readonly file: string;
  readonly handler: string;
  readonly event: object;
  readonly environment: Readonly<Record<string, string>>;
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
  Promise.resolve(module[handler](JSON.parse(event), context)).catch((error) => ({ error: String(error) })).then((answer) => {
    const { user, system } = process.cpuUsage(before);
    const cpu = (user + system) / 1000;
    process.stderr.write('\\n' + JSON.stringify({ init: loaded - began, firstInvoke: performance.now() - loaded, cpu, answer }));
    process.exit(0);
  });`;

const sampleSchema = z.object({
  init: z.number(),
  firstInvoke: z.number(),
  cpu: z.number(),
  answer: z.looseObject({ statusCode: z.number().optional(), error: z.string().optional() }).nullish(),
});
type Sample = z.infer<typeof sampleSchema>;

/**
 * Loads and invokes bundled functions in fresh processes of Node 24 and gives the medians. They take turns, so that what else
 * the machine does falls on all alike.
 *
 * @param expect the status that they have to answer with; by default any outcome will do
 * @throws Error for a function that answers otherwise
 */
export async function measureColdStarts(
  functions: ReadonlyMap<string, ProbedFunction>,
  { runs, expect }: { readonly runs: number; readonly expect?: readonly number[] },
): Promise<ReadonlyMap<string, ColdStart>> {
  const empty: Sample[] = [];
  const samples = new Map([...functions.keys()].map((name): [string, Sample[]] => [name, []]));
  const [any] = functions.values();
  for (let run = 0; run < runs; run += 1) {
    if (any !== undefined) empty.push(await sampleOf({ ...any, file: '' }));
    for (const [name, probed] of functions) {
      const sample = await sampleOf(probed);
      const { statusCode, error } = sample.answer ?? {};
      if (expect !== undefined && !expect.includes(statusCode ?? 0)) {
        throw new Error(`${name} answered ${statusCode ?? error ?? 'nothing'}, not ${expect.join(' or ')}.`);
      }
      samples.get(name)?.push(sample);
    }
  }
  const over = (name: string, part: 'init' | 'firstInvoke' | 'cpu') =>
    median((samples.get(name) ?? []).map((sample) => sample[part])) - median(empty.map((sample) => sample[part]));
  return new Map(
    [...functions].map(([name, { file }]) => [
      name,
      {
        bytes: statSync(file).size,
        init: over(name, 'init'),
        firstInvoke: over(name, 'firstInvoke'),
        cpu: over(name, 'cpu'),
      },
    ]),
  );
}

async function sampleOf({ file, handler, event, environment }: ProbedFunction): Promise<Sample> {
  const child = spawn(process.execPath, ['-e', probe, file, handler, JSON.stringify(event)], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(child, 'close');
  const { data } = sampleSchema.safeParse(tryJson(text.trim().split('\n').at(-1) ?? ''));
  if (data === undefined) throw new Error(`${file} does not run:\n${text.slice(-2000)}`);
  return data;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
