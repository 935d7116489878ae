import type { Clock } from '../core/clock.ts';
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

type Buckets = Map<number, Aggregate>;
type Series = {
  readonly metric: Metric;
  readonly units: Map<string, { readonly minutes: Buckets; readonly seconds: Buckets }>;
  updated: number;
};

const minute = 60_000;
const second = 1_000;
/** A day by the minute and three hours by the second; in all about 50 MB, for which the least used metrics make room. */
const limits = { minutes: 1_440, seconds: 10_800, total: 150_000 };

/** The samples of every metric, aggregated by the minute, in memory. */
export class MetricStore {
  readonly #clock: Clock;
  /** In the order of their last sample. */
  readonly #series = new Map<string, Series>();
  readonly #listeners: ((key: string) => void)[] = [];
  /** How many there are in all. */
  #buckets = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(sample: Sample): void {
    const key = metricKey(sample.metric);
    const series = this.#series.get(key) ?? { metric: sample.metric, units: new Map(), updated: 0 };
    series.updated = this.#clock.now();
    this.#series.delete(key);
    this.#series.set(key, series);
    const unit = series.units.get(sample.unit) ?? { minutes: new Map(), seconds: new Map() };
    series.units.set(sample.unit, unit);
    sample.add(this.#bucket(unit.minutes, sample.timestamp, minute, limits.minutes));
    if (sample.highResolution) sample.add(this.#bucket(unit.seconds, sample.timestamp, second, limits.seconds));
    while (this.#buckets > limits.total) this.#dropLeastUsed();
    for (const listener of this.#listeners) listener(key);
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
      for (const [timestamp, aggregate] of source) {
        if (timestamp < start || timestamp >= end) continue;
        const periodStart = start + Math.floor((timestamp - start) / (period * 1000)) * period * 1000;
        const point = points.get(periodStart) ?? new Aggregate();
        point.merge(aggregate);
        points.set(periodStart, point);
      }
      if (points.size > 0) result.set(unit, points);
    }
    return result;
  }

  #bucket(buckets: Buckets, timestamp: number, size: number, limit: number): Aggregate {
    const start = Math.floor(timestamp / size) * size;
    const existing = buckets.get(start);
    if (existing !== undefined) return existing;
    const created = new Aggregate();
    buckets.set(start, created);
    this.#buckets += 1;
    if (buckets.size > limit && buckets.delete(Math.min(...buckets.keys()))) this.#buckets -= 1;
    return created;
  }

  #dropLeastUsed(): void {
    const [first] = this.#series;
    if (first === undefined) return;
    const [key, { units }] = first;
    for (const { minutes, seconds } of units.values()) this.#buckets -= minutes.size + seconds.size;
    this.#series.delete(key);
  }

  /** Every metric with when it last got a sample. */
  list(): { metric: Metric; updated: number }[] {
    return [...this.#series.values()].map(({ metric, updated }) => ({ metric, updated }));
  }
}

/** Tells metrics apart; the order of dimensions does not count. */
export function metricKey({ Namespace, MetricName, Dimensions }: Metric): string {
  const pairs = Dimensions.map(({ Name, Value }) => [Name, Value]).sort(([left = ''], [right = '']) =>
    left < right ? -1 : 1,
  );
  return JSON.stringify([Namespace, MetricName, pairs]);
}
