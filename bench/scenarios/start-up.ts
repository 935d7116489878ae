import { setTimeout as sleep } from 'node:timers/promises';
import { residentMegabytes } from '../memory.ts';
import type { Measurement, Scenario } from '../report.ts';
import { runEndpoint } from '../running-endpoint.ts';

/** Long enough for execution environments that nobody uses to be reaped. */
const idleMs = 15_000;

export const startUp: Scenario = {
  name: 'start',
  description: 'how long until the endpoint answers and until two services are deployed, and what it holds when idle',
  async run() {
    const bare = await runEndpoint('--no-deploy');
    await bare.stop();
    const full = await runEndpoint('--services', 'tasks,planner');
    await sleep(idleMs);
    const memory = residentMegabytes(full.pid);
    await full.stop();
    const measurements: Measurement[] = [
      { name: 'endpoint ready', value: bare.readyAfter, unit: 'ms', target: { atMost: 500 } },
      {
        name: 'tasks and planner deployed',
        value: (full.deployedAfter ?? 0) / 1000,
        unit: 's',
        target: { atMost: 12 },
      },
    ];
    if (memory !== undefined) {
      measurements.push({ name: 'idle memory of all processes', value: memory, unit: 'MB', target: { atMost: 200 } });
    }
    return measurements;
  },
};
