import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AwsCaller, awsCaller } from '../aws-call.ts';
import type { Area } from '../growth/area.ts';
import { logs } from '../growth/logs.ts';
import { metrics } from '../growth/metrics.ts';
import { queues } from '../growth/queues.ts';
import { stacks } from '../growth/stacks.ts';
import { topics } from '../growth/topics.ts';
import { median } from '../load.ts';
import { familyMegabytes } from '../memory.ts';
import type { Measurement, Scenario } from '../report.ts';
import { type RunningEndpoint, runEndpoint } from '../running-endpoint.ts';

const rounds = 300;
/** The full endpoint was warmed up by filling it. */
const warmUps = 400;

export const growth: Scenario = {
  name: 'growth',
  description: 'the time of an operation on a full endpoint over that on an empty one, in pairs',
  async run() {
    const all: Measurement[] = [];
    for (const area of [queues, logs, metrics, topics, stacks]) all.push(...(await measureArea(area)));
    return all;
  },
};

async function measureArea(area: Area): Promise<Measurement[]> {
  const [empty, full] = await Promise.all([runEndpoint('--no-deploy'), runEndpoint('--no-deploy')]);
  const onEmpty = awsCaller(empty.url, 1);
  const onFull = awsCaller(full.url, 1);
  const filler = awsCaller(full.url, 16);
  try {
    await area.prepare(onEmpty);
    await area.prepare(onFull);
    const began = performance.now();
    await area.fill(filler);
    const measurements: Measurement[] = [
      { name: `${area.name}: filled`, value: (performance.now() - began) / 1000, unit: 's' },
      { name: `${area.name}: memory`, value: familyMegabytes(full.pid) ?? Number.NaN, unit: 'MB' },
    ];
    for (const [name, run] of Object.entries(area.operations))
      measurements.push(await compare(name, run, onEmpty, onFull));
    if (area === metrics) measurements.push(await idleShare(full));
    return measurements;
  } finally {
    for (const aws of [onEmpty, onFull, filler]) aws.close();
    await Promise.all([empty.stop(), full.stop()]);
  }
}

/** Both endpoints take turns, so that what else the machine does falls on both. */
async function compare(
  name: string,
  run: Area['operations'][string],
  onEmpty: AwsCaller,
  onFull: AwsCaller,
): Promise<Measurement> {
  const times = { empty: [] as number[], full: [] as number[] };
  for (let index = 0; index < warmUps + rounds; index += 1) {
    const pair = [['empty', onEmpty] as const, ['full', onFull] as const];
    for (const [side, aws] of index % 2 === 0 ? pair : pair.toReversed()) {
      const began = performance.now();
      await run(aws, index);
      if (index >= warmUps) times[side].push(performance.now() - began);
    }
  }
  return { name, value: median(times.full) / median(times.empty), unit: '×', target: { atMost: 1.3 } };
}

/** Over a minute, so that the end of a period is in it. */
async function idleShare({ pid }: RunningEndpoint): Promise<Measurement> {
  const before = cpuSeconds(pid);
  await sleep(62_000);
  const share = ((cpuSeconds(pid) - before) / 62) * 100;
  return { name: 'idle with 10,000 alarms, percent of a core', value: share, unit: '', target: { atMost: 2 } };
}

/** From /proc, in which a second has a hundred ticks; NaN where there is no /proc. */
function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}
