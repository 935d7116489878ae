import { median, percentile, sendPaired } from '../load.ts';
import type { Measurement, Scenario } from '../report.ts';
import { type RunningEndpoint, runEndpoint, unthrottled } from '../running-endpoint.ts';

const json = { 'content-type': 'application/json' };
const services = ['--services', 'tasks,users-async,users,orders'];
const warmUp = 300;
/** The ratios of a round vary by a tenth or more with what else the machine does; their median does not. */
const rounds = 9;
const pairs = 1000;

type Case = {
  readonly name: string;
  readonly expect: number;
  readonly next: (base: string, index: number) => { method: string; url: string; headers?: typeof json; body?: string };
  readonly service: string;
};

const cases: readonly Case[] = [
  {
    name: 'POST /tasks',
    service: 'tasks',
    expect: 201,
    next: (base, index) => ({
      method: 'POST',
      url: `${base}/tasks`,
      headers: json,
      body: JSON.stringify({ title: `Task ${index}` }),
    }),
  },
  {
    name: 'POST /users (users-async)',
    service: 'users-async',
    expect: 202,
    next: (base, index) => ({
      method: 'POST',
      url: `${base}/users`,
      headers: json,
      body: JSON.stringify({ name: `User ${index}`, email: `user${index}@example.com` }),
    }),
  },
  {
    name: 'POST /orders',
    service: 'orders',
    expect: 201,
    next: (base) => ({
      method: 'POST',
      url: `${base}/orders`,
      headers: json,
      body: JSON.stringify({ username: 'one', amount: 19.99, numItems: 2 }),
    }),
  },
];

export const consoleOverhead: Scenario = {
  name: 'console',
  description: 'what tracing adds to a request: pairs of requests to an endpoint with the console and to one without',
  async run() {
    const traced = await runEndpoint(...services, ...unthrottled);
    try {
      const plain = await runEndpoint(...services, ...unthrottled, '--no-console');
      try {
        return await compare(traced, plain);
      } finally {
        await plain.stop();
      }
    } finally {
      await traced.stop();
    }
  },
};

async function compare(traced: RunningEndpoint, plain: RunningEndpoint): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { url, endpointOf } of [traced, plain]) {
    const users = `${await endpointOf('users')}/add_user`;
    const body = JSON.stringify({ username: 'one', name: 'x', email: 'one@example.com' });
    const answer = await fetch(users, { method: 'POST', headers: json, body });
    if (!answer.ok) throw new Error(`${url} made no user: ${answer.status}`);
  }
  for (const { name, service, expect, next } of cases) {
    const bases = [await traced.endpointOf(service), await plain.endpointOf(service)] as const;
    const both = (requests: number) =>
      sendPaired({
        requests,
        expect,
        first: (index) => next(bases[0], index),
        second: (index) => next(bases[1], index),
      });
    await both(warmUp);
    const measured: Awaited<ReturnType<typeof both>>[] = [];
    while (measured.length < rounds) measured.push(await both(pairs));
    for (const [label, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const) {
      const each = measured.map(({ first, second }) => ({
        traced: percentile(first, share),
        plain: percentile(second, share),
      }));
      measurements.push(
        { name: `${name}, ${label} without the console`, value: median(each.map(({ plain }) => plain)), unit: 'ms' },
        {
          name: `${name}, ${label} with over without`,
          value: median(each.map(({ traced, plain }) => traced / plain)),
          unit: '×',
          // The slowest requests are those that the machine interrupts.
          ...(label === 'p50' && { target: { atMost: 1.15 } }),
        },
      );
    }
  }
  return measurements;
}
