/** Finds out what saturates first in each service on AWS, and at which rate. `npm run scale -- --help` */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runEndpoint, unthrottled } from '../bench/running-endpoint.ts';
import { readConsumers } from './consumers.ts';
import { type Curve, drawCurves } from './draw-curves.ts';
import { measureOperations, readLimits, sender } from './measure.ts';
import { goodput, type MeasuredOperation, type Quotas, saturationOf } from './model.ts';
import { services } from './operations.ts';
import { pointsOf, tablesOf } from './report.ts';
import { offer, ofService } from './validate.ts';

const root = join(import.meta.dirname, '..', '..');
const page = join(root, 'docs', 'scale.md');
const picture = join(root, 'docs', 'images', 'scale.svg');
const markers = ['<!-- written by npm run scale -->', '<!-- end -->'] as const;

/** The load of the validation and its quotas are those of AWS, divided by this. */
const divisor = 200;
const seconds = 10;
/** Offered on the scale of AWS. */
const checks = [
  { service: 'tasks', rate: 6_000 },
  { service: 'products', rate: 6_000 },
  { service: 'users-async', rate: 12_000 },
] as const;

/** The services with an API. */
const apis = services.filter((service) => service !== 'notifications');

const { values } = parseArgs({
  options: { write: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

if (values.help) {
  console.log(`Finds out what saturates first in each service on AWS, and at which rate.

Usage: npm run scale [-- --write]

Sends some requests of every kind to an endpoint with the quotas of an AWS account, counts what each uses of them, and
computes from that how many requests a second succeed. Then sends loads to an endpoint whose quotas are divided by
${divisor}, and compares.

Options:
  --write    write the tables into docs/scale.md and the curves to docs/images/scale.svg`);
} else {
  await run();
}

async function run(): Promise<void> {
  const { measured: open, quotas, consumers } = await measure();
  const measured = [...open, ...(await measureWithTokens())];
  const validated = await validate(measured, quotas);
  const tables = tablesOf(measured, quotas, consumers);
  console.log(`${tables}\n\n${comparisonOf(validated)}`);
  if (!values.write) return;
  mkdirSync(join(picture, '..'), { recursive: true });
  writeFileSync(picture, drawCurves(curvesOf(measured, quotas, validated)));
  const text = readFileSync(page, 'utf8');
  const [start, end] = markers.map((marker) => text.indexOf(marker));
  if (start === undefined || end === undefined || start < 0 || end < start) throw new Error(`${page} has no markers.`);
  const generated = `${markers[0]}\n\n${tables}\n\n${comparisonOf(validated)}\n\n`;
  writeFileSync(page, `${text.slice(0, start)}${generated}${text.slice(end)}`);
}

async function measure() {
  const endpoint = await runEndpoint('--services', services.join(','), '--limits', 'aws', ...unthrottled);
  try {
    const send = await sender(endpoint, apis);
    const { quotas } = await readLimits(endpoint.url);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const consumers = await readConsumers({ endpoint: endpoint.url, region: 'us-east-1', credentials });
    const batchSizeOf = (name: string): number =>
      consumers.find(({ functionName }) => functionName === name)?.batchSize ?? 1;
    const measured = await measureOperations(endpoint, { send, services: apis, batchSizeOf });
    return { measured, quotas, consumers };
  } finally {
    await endpoint.stop();
  }
}

/** The services whose partitions depend on whether a request names its user. */
async function measureWithTokens(): Promise<readonly MeasuredOperation[]> {
  const owned = ['tasks', 'planner'];
  const options = ['--services', owned.join(','), '--limits', 'aws', '--param', 'auth=jwt'];
  const endpoint = await runEndpoint(...options, ...unthrottled);
  try {
    const send = await sender(endpoint, owned, true);
    const measured = await measureOperations(endpoint, { send, services: owned, batchSizeOf: () => 1 });
    return measured.map((operation) => ({ ...operation, service: `${operation.service}, auth=jwt` }));
  } finally {
    await endpoint.stop();
  }
}

type Validated = { readonly service: string; readonly rate: number; readonly expected: number; readonly found: number };

async function validate(measured: readonly MeasuredOperation[], quotas: Quotas): Promise<readonly Validated[]> {
  const checked = [...new Set(checks.map(({ service }) => service))];
  const endpoint = await runEndpoint('--services', checked.join(','), '--limits', `aws/${divisor}`, ...unthrottled);
  try {
    const send = await sender(endpoint, checked);
    const validated: Validated[] = [];
    for (const { service, rate } of checks) {
      // Uses up the bursts, and starts the functions.
      await offer(send, { service, rate: rate / divisor, seconds: 3 });
      const found = (await offer(send, { service, rate: rate / divisor, seconds })) * divisor;
      const expected = goodput(ofService(measured, service), quotas, rate);
      validated.push({ service, rate, expected, found });
    }
    return validated;
  } finally {
    await endpoint.stop();
  }
}

function curvesOf(
  measured: readonly MeasuredOperation[],
  quotas: Quotas,
  validated: readonly Validated[],
): readonly Curve[] {
  return [...new Set(measured.map(({ service }) => service))].map((service) => {
    const mix = ofService(measured, service);
    const saturation = saturationOf(mix, quotas).rate;
    return {
      title: `${service}: ${Math.round(saturation).toLocaleString('en')} requests a second`,
      points: [[0, 0], ...pointsOf(mix, quotas, 12_000)],
      saturation,
      measured: validated.filter((each) => each.service === service).map(({ rate, found }) => [rate, found]),
    };
  });
}

function comparisonOf(validated: readonly Validated[]): string {
  const rows = validated.map(
    ({ service, rate, expected, found }) =>
      `| ${service} | ${rate.toLocaleString('en')} | ${Math.round(expected).toLocaleString('en')} | ${Math.round(found).toLocaleString('en')} | ${(found / expected).toFixed(2)} |`,
  );
  return [
    '| service | requests a second that come | that succeed, computed | at the endpoint | ratio |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
