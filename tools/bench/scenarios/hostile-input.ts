import { hostileInputs } from 'local-aws/testing/hostile-inputs';
import { startWatchedEndpoint } from 'local-aws/testing/watched-endpoint';
import type { Measurement, Scenario } from '../report.ts';

/** How long requests that were made to take long hold the event loop. */
export const hostileInput: Scenario = {
  name: 'hostile-input',
  description: 'CPU time of the main thread for each of the hostile requests',
  run: async () => {
    const endpoint = await startWatchedEndpoint();
    const measurements: Measurement[] = [];
    for (const { name, send } of hostileInputs) {
      await endpoint.report();
      await send(endpoint.url);
      const { busyMilliseconds } = await endpoint.report();
      measurements.push({ name, value: busyMilliseconds, unit: 'ms', target: { atMost: 50 } });
    }
    await endpoint.stop();
    return measurements;
  },
};
