import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureColdStarts, type ProbedFunction } from '../cold-start.ts';
import { startInstantStub } from '../instant-stub.ts';
import { bundleOwnFunction, functionEnvironment } from '../own-function.ts';
import type { Scenario } from '../report.ts';

const runs = 21;

export const coldFloor: Scenario = {
  name: 'cold-floor',
  description: 'INIT and first invocation of createTask, over a function that signs its only call by hand',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'cold-floor-'));
    try {
      const { answer, ...own } = await bundleOwnFunction('createTask', folder);
      await using stub = await startInstantStub(answer);
      const at = ({ environment, ...rest }: ProbedFunction): ProbedFunction => ({
        ...rest,
        environment: { ...environment, AWS_ENDPOINT_URL: stub.url },
      });
      const file = join(import.meta.dirname, '..', 'raw-function.cjs');
      const floor = { file, handler: 'handler', event: own.event, environment: functionEnvironment({}) };
      const functions = new Map([
        ['createTask', at(own)],
        ['floor', at(floor)],
      ]);
      const measured = await measureColdStarts(functions, { runs, expect: [201] });
      const [ours, raw] = [measured.get('createTask'), measured.get('floor')].map((cold) => ({
        init: cold?.init ?? Number.NaN,
        first: cold?.firstInvoke ?? Number.NaN,
      }));
      const both = (cold: typeof ours) => (cold?.init ?? Number.NaN) + (cold?.first ?? Number.NaN);
      return [
        { name: 'floor: INIT and first invocation', value: both(raw), unit: 'ms' },
        { name: 'createTask: INIT and first invocation', value: both(ours), unit: 'ms' },
        { name: 'createTask over the floor', value: both(ours) / both(raw), unit: '×', target: { atMost: 6 } },
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
