import { type Basis, monthOf, operationUsage, optionUsage } from './estimate.ts';
import { serviceOf } from './operations.ts';
import { type Option, options } from './options.ts';
import { priceOf, sumOf } from './price-list.ts';
import type { RecordedOperation } from './record.ts';
import type { Table } from './table.ts';
import { addUsage, type Usage, unitNames } from './usage.ts';

const million = 1_000_000;

/** Columns of the tables of operations, each for groups of the price list. */
const columns: Readonly<Record<string, readonly string[]>> = {
  'API Gateway': ['API Gateway'],
  Lambda: ['Lambda'],
  DynamoDB: ['DynamoDB'],
  messages: ['SQS', 'SNS', 'EventBridge'],
  logs: ['logs'],
  transfer: ['transfer'],
};

/** Dollars, two places. */
export function dollars(amount: number): string {
  return amount.toFixed(2);
}

/** What a million of each operation costs, by service of AWS. */
export function millionTable(operations: readonly RecordedOperation[], basis: Basis): Table {
  return {
    head: ['a million of', ...Object.keys(columns), 'sum in $'],
    rows: operations.map((operation) => {
      const price = priceOf(addUsage([operationUsage(operation, basis), million]), basis.priceList);
      const cells = Object.values(columns).map((groups) =>
        sumOf(new Map([...price].filter(([group]) => groups.includes(group)))),
      );
      return [label(operation), ...cells.map((cell) => (cell === 0 ? '' : dollars(cell))), dollars(sumOf(price))];
    }),
  };
}

/** What was counted of each operation. */
export function countTable(operations: readonly RecordedOperation[]): Table {
  const cell = (count = 0) => (count === 0 ? '' : String(Math.round(count * 100) / 100));
  return {
    head: [
      '',
      'invocations',
      'write units',
      'read units',
      'SQS requests',
      'others',
      'bytes of logs',
      'bytes of the answer',
    ],
    rows: operations.map((operation) => {
      const { units, logBytes, responseBytes } = operation;
      const { snsPublish = 0, pipeRequest = 0, busEvent = 0, schedulerInvocation = 0 } = units;
      const others = { SNS: snsPublish, pipe: pipeRequest, event: busEvent, schedule: schedulerInvocation };
      const named = Object.entries(others).filter(([, count]) => count > 0);
      return [
        label(operation),
        cell(units.lambdaRequest),
        cell(units.dynamodbWrite),
        cell(units.dynamodbRead),
        cell(units.sqsRequest),
        named.map(([name, count]) => `${count} ${name}`).join(', '),
        cell(roundBytes(logBytes)),
        cell(roundBytes(responseBytes)),
      ];
    }),
  };
}

/** What a month without requests costs, by unit. */
export function idleTable({ record, priceList }: Basis): Table {
  const { byDefault } = record.idle;
  const used = unitNames.filter((unit) => (byDefault[unit] ?? 0) > 0);
  return {
    head: ['without any requests, a month', 'units', 'in $'],
    rows: [
      ...used.map((unit) => {
        const part: Usage = { [unit]: byDefault[unit] };
        return [priceList.prices[unit].name, count(byDefault[unit]), dollars(sumOf(priceOf(part, priceList)))];
      }),
      ['sum', '', dollars(sumOf(priceOf(byDefault, priceList)))],
      ['sum with the free tier', '', dollars(sumOf(priceOf(byDefault, priceList, true)))],
    ],
  };
}

/** What each option adds to a month without requests, and to a million of one operation. */
export function optionTable({ record, priceList }: Basis): Table {
  const [first, ...others] = record.operations;
  if (first === undefined) throw new Error('No operation was counted: npm run cost -- --measure');
  // Of all, the one that most options are about.
  const example = others.find(({ name }) => name === 'orders.placeOrder') ?? first;
  return {
    head: ['parameter', 'a month, in $', `a million of ${example.title}, in $`],
    rows: options.map((option) => [
      option.title,
      priced(record.idle.byOption[option.name] ?? {}),
      priced(addUsage([optionUsage(option, example, { priceList }), million])),
    ]),
  };

  function priced(usage: Usage): string {
    const sum = sumOf(priceOf(usage, priceList));
    return sum === 0 ? '' : dollars(sum);
  }
}

/** A month with a load: what each operation costs, and what is there without them. */
export function loadTable(
  load: ReadonlyMap<string, number>,
  chosen: readonly Option[],
  basis: Basis,
  isFreeTierTaken: boolean,
): Table {
  const { idle, operations, metrics } = monthOf(load, chosen, basis);
  const total = addUsage([idle, 1], [metrics, 1], ...operations.map(({ usage }) => [usage, 1] as const));
  const row = (name: string, times: string, usage: Usage) => [
    name,
    times,
    dollars(sumOf(priceOf(usage, basis.priceList))),
  ];
  return {
    head: ['a month', 'operations', 'in $'],
    rows: [
      ...operations.map(({ operation, times, usage }) => row(label(operation), count(times), usage)),
      row('custom metrics, with data in every hour', count(metrics.customMetric), metrics),
      row('without requests', '', idle),
      row('sum', '', total),
      ...(isFreeTierTaken
        ? [['sum with the free tier', '', dollars(sumOf(priceOf(total, basis.priceList, true)))]]
        : []),
    ],
  };
}

/** `tasks: POST /tasks`: titles repeat between services. */
export function label({ name, title }: RecordedOperation): string {
  return `${serviceOf(name)}: ${title}`;
}

function count(value = 0): string {
  return Math.round(value).toLocaleString('en-US');
}

function roundBytes(bytes: number): number {
  return Math.round(bytes / 10) * 10;
}
