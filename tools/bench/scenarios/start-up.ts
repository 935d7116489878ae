import { setTimeout as sleep } from 'node:timers/promises';
import { familyMegabytes } from '../memory.ts';
import type { Measurement, Scenario } from '../report.ts';
import { runEndpoint } from '../running-endpoint.ts';

/** Long enough for unused execution environments to be reaped. */
const idleMs = 15_000;

export const startUp: Scenario = {
  name: 'start',
  description:
    'how long until the endpoint answers, until two services and all are deployed, and what it holds when idle',
  async run() {
    const bare = await runEndpoint('--no-deploy');
    await bare.stop();
    return [
      { name: 'endpoint ready', value: bare.readyAfter, unit: 'ms', target: { atMost: 500 } },
      ...(await deployed('tasks and planner', { seconds: 12, megabytes: 200 }, '--services', 'tasks,planner')),
      ...(await deployed('all nine services', { seconds: 30, megabytes: 400 })),
    ];
  },
};

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
