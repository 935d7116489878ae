import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { type Option, options } from './options.ts';
import type { PriceList } from './price-list.ts';
import type { CostRecord, RecordedOperation } from './record.ts';
import { addUsage, type Usage } from './usage.ts';

/** What an estimate goes by. */
export type Basis = { readonly record: CostRecord; readonly priceList: PriceList; readonly memoryMb: number };

/** What one operation uses, with the assumptions of the price list for its times. */
export function operationUsage(operation: RecordedOperation, { priceList, memoryMb }: Omit<Basis, 'record'>): Usage {
  const { functionMs, callMs, coldStartShare, coldStartMs } = priceList.assumptions;
  const { lambdaRequest = 0 } = operation.units;
  const milliseconds =
    operation.functionTimes * functionMs + operation.callTimes * callMs + lambdaRequest * coldStartShare * coldStartMs;
  return addUsage(
    [operation.units, 1],
    [
      {
        lambdaGbSecond: (milliseconds / 1000) * (memoryMb / 1024),
        logGb: operation.logBytes / 1e9,
        transferGb: operation.responseBytes / 1e9,
      },
      1,
    ],
  );
}

/** What an option adds to one operation. */
export function optionUsage(
  option: Option,
  operation: RecordedOperation,
  { priceList }: Pick<Basis, 'priceList'>,
): Usage {
  return option.perOperation?.(operation, priceList.assumptions) ?? {};
}

/** The parts of a month: what is there without requests, and each operation as often as the load has it. */
export type Month = {
  readonly idle: Usage;
  readonly operations: readonly {
    readonly operation: RecordedOperation;
    readonly times: number;
    readonly usage: Usage;
  }[];
  /** Custom metrics that have data all month. */
  readonly metrics: Usage;
};

/** @param load operations in a month, by name */
export function monthOf(load: ReadonlyMap<string, number>, chosen: readonly Option[], basis: Basis): Month {
  const { operations, idle } = basis.record;
  const used = operations.filter(({ name }) => (load.get(name) ?? 0) > 0);
  const metrics = new Set(used.flatMap(({ metrics }) => metrics));
  return {
    idle: addUsage(
      [idle.byDefault, 1],
      ...chosen.map(({ name }): readonly [Usage, number] => [idle.byOption[name] ?? {}, 1]),
    ),
    operations: used.map((operation) => {
      const times = load.get(operation.name) ?? 0;
      const added = chosen.map((option): readonly [Usage, number] => [optionUsage(option, operation, basis), times]);
      return { operation, times, usage: addUsage([operationUsage(operation, basis), times], ...added) };
    }),
    metrics: { customMetric: metrics.size },
  };
}

/** @throws Error that names an unknown option */
export function selectOptions(names: string): readonly Option[] {
  if (names === 'none') return [];
  return names.split(',').map((name) => {
    const option = options.find((candidate) => candidate.name === name);
    if (option !== undefined) return option;
    throw new Error(
      `There is no option "${name}" that costs something. There are: ${options.map(({ name }) => name).join(', ')}.`,
    );
  });
}

const paramsSchema = z.looseObject({ default: z.looseObject({ memorySize: z.number() }) });

/** The memory of each function, in MB, unless a parameter says otherwise. */
export function defaultMemory(root: string): number {
  return paramsSchema.parse(parse(readFileSync(join(root, 'shared', 'serverless', 'params.yml'), 'utf8'))).default
    .memorySize;
}
