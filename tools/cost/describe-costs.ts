import { type Basis, monthOf, operationUsage } from './estimate.ts';
import { options } from './options.ts';
import { priceOf, sumOf } from './price-list.ts';
import { addUsage } from './usage.ts';

/** As JSON: a million of each operation, a month without requests, and what options add to it. */
export function describeAll(basis: Basis): object {
  const { record, priceList, memoryMb } = basis;
  const { date, region } = priceList;
  return {
    date,
    region,
    memoryMb,
    perMillion: record.operations.map((operation) => {
      const units = addUsage([operationUsage(operation, basis), 1_000_000]);
      return { name: operation.name, units, ...describePrice(units, basis) };
    }),
    idle: { units: record.idle.byDefault, ...describePrice(record.idle.byDefault, basis) },
    options: options.map(({ name }) => describePrice(record.idle.byOption[name] ?? {}, basis, name)),
  };
}

/** As JSON: a month with a load. */
export function describeMonth(...[load, chosen, basis]: Parameters<typeof monthOf>): object {
  const { idle, operations, metrics } = monthOf(load, chosen, basis);
  const total = addUsage([idle, 1], [metrics, 1], ...operations.map(({ usage }) => [usage, 1] as const));
  return {
    date: basis.priceList.date,
    region: basis.priceList.region,
    memoryMb: basis.memoryMb,
    options: chosen.map(({ name }) => name),
    operations: operations.map(({ operation, times, usage }) => ({
      name: operation.name,
      times,
      units: usage,
      ...describePrice(usage, basis),
    })),
    idle: describePrice(idle, basis),
    customMetrics: describePrice(metrics, basis),
    sum: { ...describePrice(total, basis), dollarsWithFreeTier: cents(sumOf(priceOf(total, basis.priceList, true))) },
  };
}

function describePrice(units: Parameters<typeof priceOf>[0], { priceList }: Basis, name?: string): object {
  const byGroup = priceOf(units, priceList);
  return {
    ...(name !== undefined && { name }),
    dollars: cents(sumOf(byGroup)),
    by: Object.fromEntries([...byGroup].map(([group, amount]) => [group, cents(amount)])),
  };
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
