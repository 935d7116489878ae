import { setTimeout as sleep } from 'node:timers/promises';
import { load, median } from '../load.ts';
import { familyMegabytes } from '../memory.ts';
import type { Measurement, Scenario } from '../report.ts';
import { runEndpoint, unthrottled } from '../running-endpoint.ts';

const json = { 'content-type': 'application/json' };
/** Longer than all but one idle environment of a function are kept, and than the pool takes to notice. */
const restMs = 80_000;

export const memory: Scenario = {
  name: 'memory',
  description: 'memory of the endpoint and its processes: at rest, under even load, and at rest after much load',
  async run() {
    const endpoint = await runEndpoint('--services', 'tasks', ...unthrottled);
    const measure = (): number => familyMegabytes(endpoint.pid) ?? Number.NaN;
    try {
      const tasks = `${await endpoint.endpointOf('tasks')}/tasks`;
      const create = (count: number, connections: number) =>
        load({
          connections,
          requests: count,
          expect: 201,
          next: (index) => ({
            method: 'POST',
            url: tasks,
            headers: json,
            body: JSON.stringify({ title: `Task ${index}` }),
          }),
        });
      const list = (count: number, connections: number) =>
        load({ connections, requests: count, expect: 200, next: () => ({ method: 'GET', url: `${tasks}?limit=10` }) });

      // One environment of each function stays warm for 15 minutes.
      await create(1, 1);
      await list(1, 1);
      await sleep(5000);
      const fresh = measure();
      // The heaps of the functions have grown and the console has all the spans that it keeps.
      await create(2000, 1);
      await list(2000, 1);
      await sleep(5000);
      const before = measure();
      await create(2000, 16);
      await list(2000, 16);
      const underLoad = measure();
      const samples: number[] = [];
      for (let round = 0; round < 30; round += 1) {
        await create(20, 1);
        await list(20, 1);
        samples.push(measure());
        await sleep(500);
      }
      await sleep(restMs);
      const after = measure();
      return [
        { name: 'at rest, after one request to each function', value: fresh, unit: 'MB' },
        { name: 'at rest, after 4,000 requests over one connection', value: before, unit: 'MB' },
        { name: 'right after 4,000 requests over 16 connections', value: underLoad, unit: 'MB' },
        {
          name: 'under even load, last third over first',
          value: median(samples.slice(-10)) / median(samples.slice(0, 10)),
          unit: '×',
          target: { atMost: 1.1 },
        },
        { name: 'at rest, after load', value: after, unit: 'MB' },
        { name: 'at rest, after load over before', value: after / before, unit: '×', target: { atMost: 1.3 } },
      ] satisfies Measurement[];
    } finally {
      await endpoint.stop();
    }
  },
};
