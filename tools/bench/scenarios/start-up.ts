import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { familyMegabytes } from '../memory.ts';
import type { Measurement, Scenario } from '../report.ts';
import { runEndpoint } from '../running-endpoint.ts';

/** Long enough for unused execution environments to be reaped. */
const idleMs = 15_000;

export const startUp: Scenario = {
  name: 'start',
  description:
    'how long until the endpoint answers, until two services and all are deployed, again with nothing changed, and idle memory',
  async run() {
    const bare = await runEndpoint('--no-deploy');
    const region = await timeFirstCall(bare.url, 'eu-central-1');
    await bare.stop();
    return [
      { name: 'endpoint ready', value: bare.readyAfter, unit: 'ms', target: { atMost: 500 } },
      { name: 'first call in a further region', value: region, unit: 'ms' },
      // The endpoint is gone by now.
      { name: 'a command of the CLI without an endpoint', value: runCommand(bare.url, 1, ...info), unit: 's' },
      ...(await deployed('tasks and planner', { seconds: 12, megabytes: 200 }, '--services', 'tasks,planner')),
      ...(await deployed('all nine services', { seconds: 30, megabytes: 400 })),
      ...(await unchanged()),
    ];
  },
};

const info = ['cli/sls.ts', 'tasks', 'info', '--stage', 'local'];
const redeploy = ['cli/compose.ts', 'deploy', '--stage', 'local'];

/** Seconds that a script of tools/ takes. @throws Error when its status is another one */
function runCommand(url: string, expected: number, ...command: readonly string[]): number {
  const began = performance.now();
  const env = { ...process.env, EDGE_PORT: new URL(url).port };
  const { status, stderr } = spawnSync(process.execPath, ['tools/run-script.js', ...command], {
    env,
    encoding: 'utf8',
  });
  if (status !== expected) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
  return (performance.now() - began) / 1000;
}

/** Milliseconds of the first call in a region, after a call in another one. */
async function timeFirstCall(url: string, region: string): Promise<number> {
  let took = 0;
  for (const each of ['us-east-1', region]) {
    const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${each}/dynamodb/aws4_request, SignedHeaders=host, Signature=x`;
    const headers = { authorization, 'x-amz-target': 'DynamoDB_20120810.ListTables' };
    const began = performance.now();
    const answer = await fetch(url, { method: 'POST', headers, body: '{}' });
    await answer.text();
    took = performance.now() - began;
    if (!answer.ok) throw new Error(`ListTables in ${each} answered ${answer.status}`);
  }
  return took;
}

/** A deploy and a restart that find everything as it was. */
async function unchanged(): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'start-'));
  try {
    const first = await runEndpoint('--persist', folder);
    const seconds = runCommand(first.url, 0, ...redeploy);
    await first.stop();
    // Parameters of the stage have the port in them.
    const again = await runEndpoint('--persist', folder, '--port', new URL(first.url).port);
    await again.stop();
    return [
      { name: 'npm run deploy -- --stage local, nothing changed', value: seconds, unit: 's', target: { atMost: 4 } },
      {
        name: 'restart with --persist, nothing changed',
        value: (again.deployedAfter ?? 0) / 1000,
        unit: 's',
        target: { atMost: 2 },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Target = { readonly seconds: number; readonly megabytes: number };

async function deployed(what: string, target: Target, ...options: readonly string[]): Promise<readonly Measurement[]> {
  const endpoint = await runEndpoint(...options);
  await sleep(idleMs);
  const memory = familyMegabytes(endpoint.pid);
  await endpoint.stop();
  const seconds = (endpoint.deployedAfter ?? 0) / 1000;
  return [
    { name: `${what} deployed`, value: seconds, unit: 's', target: { atMost: target.seconds } },
    ...(memory === undefined
      ? []
      : [
          {
            name: `idle memory with ${what}`,
            value: memory,
            unit: 'MB',
            target: { atMost: target.megabytes },
          } as const,
        ]),
  ];
}
