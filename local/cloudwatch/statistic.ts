import { metricError } from './metric-error.ts';

/** What is kept of the samples of one metric in one period. */
export class Aggregate {
  count = 0;
  sum = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;
  /** How often each value came; undefined once a statistic set without single values went in. */
  #values: Map<number, number> | undefined = new Map();

  add(value: number, count = 1): void {
    this.count += count;
    this.sum += value * count;
    this.minimum = Math.min(this.minimum, value);
    this.maximum = Math.max(this.maximum, value);
    this.#addValue(value, count);
  }

  addStatistics(set: { count: number; sum: number; minimum: number; maximum: number }): void {
    this.count += set.count;
    this.sum += set.sum;
    this.minimum = Math.min(this.minimum, set.minimum);
    this.maximum = Math.max(this.maximum, set.maximum);
    if (set.minimum === set.maximum) this.#addValue(set.minimum, set.count);
    else this.#values = undefined;
  }

  merge(other: Aggregate): void {
    this.count += other.count;
    this.sum += other.sum;
    this.minimum = Math.min(this.minimum, other.minimum);
    this.maximum = Math.max(this.maximum, other.maximum);
    if (other.#values === undefined) this.#values = undefined;
    else for (const [value, count] of other.#values) this.#addValue(value, count);
  }

  /** The nearest-rank percentile; undefined when the single values are not known. */
  percentile(rank: number): number | undefined {
    if (this.#values === undefined) return undefined;
    const sorted = [...this.#values].sort(([left], [right]) => left - right);
    let remaining = Math.max((rank / 100) * this.count, Number.MIN_VALUE);
    for (const [value, count] of sorted) {
      remaining -= count;
      if (remaining <= 1e-9) return value;
    }
    return sorted.at(-1)?.[0];
  }

  /** Beyond 200 distinct values values are kept to two digits, so that percentiles stay within a few percent. */
  #addValue(value: number, count: number): void {
    if (this.#values === undefined) return;
    const key = this.#values.size < 200 || this.#values.has(value) ? value : Number(value.toPrecision(2));
    this.#values.set(key, (this.#values.get(key) ?? 0) + count);
  }
}

export type Statistic = (aggregate: Aggregate) => number | undefined;

export const simpleStatistics = {
  SampleCount: (aggregate) => aggregate.count,
  Average: (aggregate) => aggregate.sum / aggregate.count,
  Sum: (aggregate) => aggregate.sum,
  Minimum: (aggregate) => aggregate.minimum,
  Maximum: (aggregate) => aggregate.maximum,
} as const satisfies Record<string, Statistic>;

export type SimpleStatistic = keyof typeof simpleStatistics;
export const simpleStatisticNames = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;

/** `Sum`, `Average`, … or a percentile such as `p99.9`. @throws AwsError naming a statistic that is not supported */
export function parseStatistic(name: string): Statistic {
  const simple = simpleStatisticNames.find((known) => known === name);
  if (simple !== undefined) return simpleStatistics[simple];
  const rank = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1];
  if (rank !== undefined) return (aggregate) => aggregate.percentile(Number(rank));
  if (/^(?:tm|wm|tc|ts|TM|WM|TC|TS|PR|IQM)\b|^(?:tm|wm|tc|ts)\d/.test(name)) {
    throw metricError.value(`The local endpoint does not implement the statistic ${name}. See local/README.md.`);
  }
  throw metricError.value(`The value ${name} for parameter Statistic is not supported.`);
}
