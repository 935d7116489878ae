import { accessCheckTimes } from 'local-aws/benchmarks';
import { percentile } from '../load.ts';
import type { Measurement, Scenario } from '../report.ts';

export const iamCheck: Scenario = {
  name: 'iam-check',
  description: 'what the check of a permission adds to a call of a role, in this process and without the call itself',
  async run() {
    return [...accessCheckTimes()].flatMap(([name, durations]): Measurement[] => [
      { name: `${name}, p50`, value: percentile(durations, 0.5), unit: 'ms', target: { atMost: 0.2 } },
      { name: `${name}, p99`, value: percentile(durations, 0.99), unit: 'ms' },
    ]);
  },
};
