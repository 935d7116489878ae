import { metricError } from './metric-error.ts';

type AggregateSet = {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
};

/** What is kept of the samples of one metric in one period. */
export class Aggregate {
  count = 0;
  sum = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;
  /**
   * How often each value came. Undefined while there is one value at most, which the other fields tell, and once a
   * statistic set without single values went in.
   */
  #values: Map<number, number> | undefined;
  #hasValues = true;

  /** How many numbers it keeps, about. */
  get size(): number {
    return 1 + (this.#values?.size ?? 0);
  }

  add(value: number, count = 1): void {
    this.#addValue(value, count);
    this.#include({ count, sum: value * count, minimum: value, maximum: value });
  }

  addStatistics(set: AggregateSet): void {
    if (set.minimum === set.maximum) this.#addValue(set.minimum, set.count);
    else this.#forgetValues();
    this.#include(set);
  }

  merge(other: Aggregate): void {
    if (other.count === 0) return;
    if (!other.#hasValues) this.#forgetValues();
    else if (!this.#hasValues) this.#values = undefined;
    else if (other.#values === undefined) this.#addValue(other.minimum, other.count);
    else {
      this.#expandValues();
      for (const [value, count] of other.#values) this.#addValue(value, count);
    }
    this.#include(other);
  }

  /** The nearest-rank percentile; undefined when the single values are not known. */
  percentile(rank: number): number | undefined {
    if (!this.#hasValues) return undefined;
    if (this.#values === undefined) return this.count === 0 ? undefined : this.minimum;
    const sorted = [...this.#values].sort(([left], [right]) => left - right);
    let remaining = Math.max((rank / 100) * this.count, Number.MIN_VALUE);
    for (const [value, count] of sorted) {
      remaining -= count;
      if (remaining <= 1e-9) return value;
    }
    return sorted.at(-1)?.[0];
  }

  #include({ count, sum, minimum, maximum }: AggregateSet): void {
    this.count += count;
    this.sum += sum;
    this.minimum = Math.min(this.minimum, minimum);
    this.maximum = Math.max(this.maximum, maximum);
  }

  #expandValues(): Map<number, number> {
    this.#values ??= new Map(this.count === 0 ? [] : [[this.minimum, this.count]]);
    return this.#values;
  }

  #forgetValues(): void {
    this.#values = undefined;
    this.#hasValues = false;
  }

  /** Beyond 200 distinct ones, values are kept to two digits, so that percentiles stay within a few percent. */
  #addValue(value: number, count: number): void {
    if (!this.#hasValues) return;
    const isOnly = this.count === 0 || (this.minimum === value && this.maximum === value);
    if (this.#values === undefined && isOnly) return;
    const values = this.#expandValues();
    const key = values.size < 200 || values.has(value) ? value : Number(value.toPrecision(2));
    values.set(key, (values.get(key) ?? 0) + count);
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

export const simpleStatisticNames = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;

/** `Sum`, `Average`, … or a percentile such as `p99.9`. @throws AwsError naming a statistic that is not supported */
export function parseStatistic(name: string): Statistic {
  const simple = simpleStatisticNames.find((known) => known === name);
  if (simple !== undefined) return simpleStatistics[simple];
  const rank = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1];
  if (rank !== undefined) return (aggregate) => aggregate.percentile(Number(rank));
  if (/^(?:tm|wm|tc|ts|TM|WM|TC|TS|PR|IQM)\b|^(?:tm|wm|tc|ts)\d/.test(name)) {
    throw metricError.value(
      `The local endpoint does not implement the statistic ${name}. See the support matrix of local-aws.`,
    );
  }
  throw metricError.value(`The value ${name} for parameter Statistic is not supported.`);
}
