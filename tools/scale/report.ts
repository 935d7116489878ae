import { batchSeconds, type Consumer, capacityOf } from './consumers.ts';
import { goodput, type MeasuredOperation, type Quotas, saturationOf, type Use } from './model.ts';
import { ofService } from './validate.ts';

/** The quotas in words. */
const names: Readonly<Record<string, string>> = {
  gatewayRequests: 'requests of the account to API Gateway',
  functionRequests: 'invocations of the account',
  partitionReads: 'reads of one partition',
  partitionWrites: 'writes of one partition',
  tableReads: 'reads of one table',
  tableWrites: 'writes of one table',
  topicMessages: 'messages of the account to topics',
};

/** The tables of docs/scale.md. */
export function tablesOf(
  measured: readonly MeasuredOperation[],
  quotas: Quotas,
  consumers: readonly Consumer[],
): string {
  const mixes = [...new Set(measured.map(({ service }) => service))].map((service) => {
    const mix = ofService(measured, service);
    const { rate, use } = saturationOf(mix, quotas);
    const shares = mix.map(({ name, share }) => `${Math.round(share * 100)} % \`${name}\``).join(', ');
    return `| ${service} | ${shares} | ${round(rate)} | ${describe(use)} |`;
  });
  const operations = measured.map((operation) => {
    const { rate, use } = saturationOf([operation], quotas);
    const perUser = operation.perUser && round((quotas[operation.perUser.quota]?.rate ?? 0) / operation.perUser.units);
    return `| ${operation.service} | \`${operation.name}\` | ${round(rate)} | ${describe(use)} | ${perUser ?? ''} |`;
  });
  const readers = consumers.map((consumer) => {
    const { service, functionName, source, concurrency, batchSize } = consumer;
    const per = source === 'stream' ? ' for each shard' : '';
    const name = functionName.split('-local-')[1];
    return `| ${service}: ${name} | ${source} | ${concurrency}${per} | ${batchSize} | ${round(capacityOf(consumer))}${per} |`;
  });
  return [
    '| service | requests | saturates at, requests a second | what is used up first |',
    '|---|---|---|---|',
    ...mixes,
    '',
    '| service | operation alone | saturates at | what is used up first | of one user or item |',
    '|---|---|---|---|---|',
    ...operations,
    '',
    `| consumer | source | batches at once | records in a batch | records a second, at ${batchSeconds * 1000} ms for a batch |`,
    '|---|---|---|---|---|',
    ...readers,
  ].join('\n');
}

/** The requests a second that succeed, for a range of those that come. */
export function pointsOf(
  mix: readonly MeasuredOperation[],
  quotas: Quotas,
  most: number,
): (readonly [number, number])[] {
  const steps = 60;
  return Array.from({ length: steps }, (_, step) => {
    const offered = ((step + 1) / steps) * most;
    return [offered, goodput(mix, quotas, offered)] as const;
  });
}

function describe({ quota, resource, units }: Use): string {
  const what = names[quota] ?? quota;
  const isOfAccount = !resource.includes('/');
  return `${what}${isOfAccount ? '' : `: ${readable(resource)}`}, ${amount(units)} each`;
}

/** `us-east-1/tasks-local-TasksTable-1ABC/byState ANONYMOUS#OPEN` as `TasksTable/byState ANONYMOUS#OPEN`. */
function readable(resource: string): string {
  return `\`${resource.replace(/^[^/]+\/(?:[\w-]+-local-)?/, '').replace(/-[A-Z0-9]{6,}(?=[/ ]|$)/, '')}\``;
}

function amount(units: number): string {
  return String(Math.round(units * 100) / 100);
}

function round(rate: number): string {
  const step = rate >= 10_000 ? 1_000 : rate >= 1_000 ? 100 : 10;
  return (Math.round(rate / step) * step).toLocaleString('en');
}
