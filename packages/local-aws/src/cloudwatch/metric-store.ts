import type { Clock } from '../core/clock.ts';
import { type Link, LinkedList } from '../core/linked-list.ts';
import { NameIndex, type NamePage, type NameQuery } from '../core/name-index.ts';
import { SortedMap } from '../core/sorted-map.ts';
import { Aggregate } from './statistic.ts';

export type Dimension = { readonly Name: string; readonly Value: string };
export type Metric = {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly Dimension[];
};

export type Sample = {
  readonly metric: Metric;
  readonly unit: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly add: (aggregate: Aggregate) => void;
  /** Also kept by the second. */
  readonly highResolution?: boolean;
};

/** From `start`, inclusive, to `end`, exclusive, in milliseconds; `period` in seconds. */
export type Window = { readonly start: number; readonly end: number; readonly period: number };

/** By the start of their period. */
type Buckets = SortedMap<number, Link<Bucket>>;
type UnitSeries = { readonly minutes: Buckets; readonly seconds: Buckets };
export type Series = {
  readonly metric: Metric;
  readonly units: Map<string, UnitSeries>;
  /** When the last sample came. */
  updated: number;
};
type Bucket = {
  readonly key: string;
  readonly unit: string;
  readonly resolution: keyof UnitSeries;
  readonly start: number;
  readonly addedAt: number;
  readonly aggregate: Aggregate;
};

const sizes = { minutes: 60_000, seconds: 1_000 } as const;
const limits = {
  /** Of one metric: a day by the minute and three hours by the second. */
  minutes: 1_440,
  seconds: 10_800,
  /** Milliseconds. */
  age: 24 * 60 * 60 * 1000,
  /** Of all metrics: aggregates and the distinct values in them. */
  total: 100_000,
};

/**
 * The samples of every metric, aggregated by the minute, in memory. What is older than a day goes; over the limit of all
 * metrics together the aggregates that were begun first go.
 */
export class MetricStore {
  readonly #clock: Clock;
  /** By `metricKey`. */
  readonly #series = new NameIndex<Series>();
  readonly #listeners: ((key: string) => void)[] = [];
  /** In the order in which they were begun. */
  readonly #buckets = new LinkedList<Bucket>();
  /** Of the aggregates and their values, as `limits.total` counts. */
  #total = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(sample: Sample): void {
    const key = metricKey(sample.metric);
    const series = this.#series.get(key) ?? { metric: sample.metric, units: new Map(), updated: 0 };
    if (series.updated === 0) this.#series.set(key, series);
    series.updated = this.#clock.now();
    const unit = series.units.get(sample.unit) ?? { minutes: newBuckets(), seconds: newBuckets() };
    series.units.set(sample.unit, unit);
    this.#add(key, unit, 'minutes', sample);
    if (sample.highResolution) this.#add(key, unit, 'seconds', sample);
    this.#dropOld();
    for (const listener of this.#listeners) listener(key);
  }

  /** Forgets all samples. */
  reset(): void {
    for (let first = this.#buckets.first; first !== undefined; first = this.#buckets.first) this.#drop(first);
  }

  /** Calls `listener` with the `metricKey` of every sample from now on. */
  onPut(listener: (key: string) => void): void {
    this.#listeners.push(listener);
  }

  /** One aggregate a period that has data, by the start of the period, all units together unless `unit` is given. */
  read(metric: Metric, window: Window, unit?: string): Map<number, Aggregate> {
    const merged = new Map<number, Aggregate>();
    for (const [name, points] of this.readByUnit(metric, window)) {
      if (unit !== undefined && name !== unit) continue;
      for (const [timestamp, aggregate] of points) {
        const target = merged.get(timestamp);
        if (target === undefined) merged.set(timestamp, aggregate);
        else target.merge(aggregate);
      }
    }
    return merged;
  }

  readByUnit(metric: Metric, { start, end, period }: Window): Map<string, Map<number, Aggregate>> {
    const result = new Map<string, Map<number, Aggregate>>();
    for (const [unit, { minutes, seconds }] of this.#series.get(metricKey(metric))?.units ?? []) {
      const source = period % 60 === 0 || seconds.size === 0 ? minutes : seconds;
      const points = new Map<number, Aggregate>();
      for (const [timestamp, { value: bucket }] of source.entries(start)) {
        if (timestamp >= end) break;
        const periodStart = start + Math.floor((timestamp - start) / (period * 1000)) * period * 1000;
        const point = points.get(periodStart) ?? new Aggregate();
        point.merge(bucket.aggregate);
        points.set(periodStart, point);
      }
      if (points.size > 0) result.set(unit, points);
    }
    return result;
  }

  /** The start of the newest minute that has data; undefined without any. */
  newest(key: string): number | undefined {
    const starts = [...(this.#series.get(key)?.units.values() ?? [])].map(({ minutes }) => minutes.maxKey() ?? 0);
    return starts.length === 0 ? undefined : Math.max(...starts);
  }

  /** A page of the metrics, in the order of their keys: by namespace, then by name. */
  page(query: NameQuery<Series>): NamePage<Series> {
    return this.#series.page(query);
  }

  #add(key: string, series: UnitSeries, resolution: keyof UnitSeries, { unit, timestamp, add }: Sample): void {
    const buckets = series[resolution];
    const start = Math.floor(timestamp / sizes[resolution]) * sizes[resolution];
    const known = buckets.get(start)?.value.aggregate;
    const aggregate = known ?? new Aggregate();
    const before = known?.size ?? 0;
    add(aggregate);
    this.#total += aggregate.size - before;
    if (known !== undefined) return;
    buckets.set(start, this.#buckets.add({ key, unit, resolution, start, addedAt: this.#clock.now(), aggregate }));
    const oldest = buckets.size > limits[resolution] ? buckets.get(buckets.minKey() ?? start) : undefined;
    if (oldest !== undefined) this.#drop(oldest);
  }

  #dropOld(): void {
    const tooOld = this.#clock.now() - limits.age;
    for (let first = this.#buckets.first; first !== undefined; first = this.#buckets.first) {
      if (this.#total <= limits.total && first.value.addedAt >= tooOld) return;
      this.#drop(first);
    }
  }

  #drop(link: Link<Bucket>): void {
    const { key, unit, resolution, start, aggregate } = link.value;
    this.#buckets.remove(link);
    this.#total -= aggregate.size;
    const series = this.#series.get(key);
    const ofUnit = series?.units.get(unit);
    if (series === undefined || ofUnit === undefined) return;
    ofUnit[resolution].delete(start);
    if (ofUnit.minutes.size + ofUnit.seconds.size === 0) series.units.delete(unit);
    if (series.units.size === 0) this.#series.delete(key);
  }
}

function newBuckets(): Buckets {
  return new SortedMap((a, b) => a - b);
}

/** Tells metrics apart; the order of dimensions does not count. */
export function metricKey({ Namespace, MetricName, Dimensions }: Metric): string {
  const pairs = Dimensions.map(({ Name, Value }) => [Name, Value]);
  if (pairs.length > 1) pairs.sort(([left = ''], [right = '']) => (left < right ? -1 : 1));
  return JSON.stringify([Namespace, MetricName, pairs]);
}

/** How the keys of all metrics of a namespace, or of one name in it, begin. */
export function keyPrefix({
  Namespace,
  MetricName,
}: {
  Namespace?: string | undefined;
  MetricName?: string | undefined;
}): string {
  if (Namespace === undefined) return '';
  const known = MetricName === undefined ? [Namespace] : [Namespace, MetricName];
  return `${JSON.stringify(known).slice(0, -1)},`;
}
