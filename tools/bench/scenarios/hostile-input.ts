import { hostileInputTimes } from 'local-aws/benchmarks';
import type { Scenario } from '../report.ts';

/** How long requests that were made to take long hold the event loop. */
export const hostileInput: Scenario = {
  name: 'hostile-input',
  description: 'CPU time of the main thread for each of the hostile requests',
  run: async () =>
    [...(await hostileInputTimes())].map(([name, value]) => ({ name, value, unit: 'ms', target: { atMost: 50 } })),
};
