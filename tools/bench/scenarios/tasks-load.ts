import { load } from '../load.ts';
import { processorSeconds } from '../memory.ts';
import type { Scenario } from '../report.ts';
import { runEndpoint, unthrottled } from '../running-endpoint.ts';

const json = { 'content-type': 'application/json' };

export const tasksLoad: Scenario = {
  name: 'tasks',
  description: 'warm requests through gateway, function, SDK and table, and lists of short and long tables',
  async run() {
    const endpoint = await runEndpoint('--services', 'tasks', ...unthrottled);
    try {
      const tasks = `${await endpoint.endpointOf('tasks')}/tasks`;
      const create = (count: number) =>
        load({
          connections: 16,
          requests: count,
          expect: 201,
          next: (index) => ({
            method: 'POST',
            url: tasks,
            headers: json,
            body: JSON.stringify({ title: `Task ${index}` }),
          }),
        });
      const get = (url: string, connections: number, requests: number) =>
        load({ connections, requests, expect: 200, next: () => ({ method: 'GET', url }) });

      await create(100);
      const listed: unknown = await (await fetch(`${tasks}?limit=1`)).json();
      const id = Array.isArray(listed) ? String(listed[0]?.id) : '';
      await get(`${tasks}/${id}`, 16, 2000);
      const before = processorSeconds(endpoint.pid);
      const single = await get(`${tasks}/${id}`, 1, 1000);
      const after = processorSeconds(endpoint.pid);
      const many = await get(`${tasks}/${id}`, 16, 4000);
      await get(tasks, 1, 300);
      const short = await get(tasks, 1, 400);
      await create(9900);
      await get(tasks, 1, 100);
      const long = await get(tasks, 1, 400);
      return [
        { name: 'GET /tasks/{id}, one connection, p50', value: single.p50, unit: 'ms', target: { atMost: 5 } },
        { name: 'GET /tasks/{id}, one connection, p99', value: single.p99, unit: 'ms', target: { atMost: 20 } },
        // Of 1000 requests: on a busy machine it tells more than the time.
        ...(before === undefined || after === undefined
          ? []
          : [{ name: 'GET /tasks/{id}, processor time of all processes', value: after - before, unit: 'ms' } as const]),
        { name: 'GET /tasks/{id}, 16 connections', value: many.perSecond, unit: '1/s', target: { atLeast: 400 } },
        { name: 'GET /tasks, 100 tasks, p50', value: short.p50, unit: 'ms' },
        { name: 'GET /tasks, 10,000 tasks, p50', value: long.p50, unit: 'ms' },
        { name: 'GET /tasks, 10,000 over 100 tasks', value: long.p50 / short.p50, unit: '×', target: { atMost: 1.2 } },
      ];
    } finally {
      await endpoint.stop();
    }
  },
};
