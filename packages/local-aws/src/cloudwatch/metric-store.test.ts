import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../core/clock.ts';
import { type Metric, MetricStore } from './metric-store.ts';
import { Aggregate } from './statistic.ts';

const metric = (name: string): Metric => ({ Namespace: 'Shop', MetricName: name, Dimensions: [] });

function put(store: MetricStore, name: string, timestamp: number, value = 1): void {
  store.put({ metric: metric(name), unit: 'Count', timestamp, add: (aggregate) => aggregate.add(value) });
}

it('keeps the last day of a metric', () => {
  const store = new MetricStore(new ManualClock());
  for (let minute = 0; minute < 2_000; minute += 1) put(store, 'a', minute * 60_000);
  const points = store.read(metric('a'), { start: 0, end: 2_000 * 60_000, period: 60 });
  assert.equal(points.size, 1_440);
  assert.equal(Math.min(...points.keys()), 560 * 60_000);
});

it('stays within bounds, dropping the data that came first', () => {
  const store = new MetricStore(new ManualClock());
  for (let series = 0; series < 2_000; series += 1) {
    for (let minute = 0; minute < 100; minute += 1) put(store, `m${series}`, minute * 60_000);
    put(store, 'm0', 0);
  }
  const names = store.page({ size: 3_000 }).items.map(({ metric: { MetricName } }) => MetricName);
  assert.ok(names.length >= 990 && names.length <= 1_001, String(names.length));
  assert.deepEqual([names.includes('m0'), names.includes('m1'), names.includes('m1999')], [true, false, true]);
});

it('drops data a day after it came', async () => {
  const clock = new ManualClock();
  const store = new MetricStore(clock);
  put(store, 'old', clock.now());
  await clock.advance(24 * 60 * 60_000 - 1);
  put(store, 'new', clock.now());
  assert.equal(store.page({ size: 10 }).items.length, 2);
  await clock.advance(2);
  put(store, 'new', clock.now());
  assert.deepEqual(
    store.page({ size: 10 }).items.map(({ metric: { MetricName } }) => MetricName),
    ['new'],
  );
});

it('counts the distinct values of a period against its bounds', () => {
  const store = new MetricStore(new ManualClock());
  for (let series = 0; series < 1_000; series += 1) {
    for (let value = 0; value < 200; value += 1) put(store, `m${series}`, 0, value);
  }
  const { items } = store.page({ size: 2_000 });
  assert.ok(items.length >= 490 && items.length <= 500, String(items.length));
});

it('adds up to the same however samples are split over periods', () => {
  const samples = fc.array(fc.tuple(fc.integer({ min: 0, max: 599 }), fc.integer({ min: -50, max: 50 })), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(samples, fc.constantFrom(60, 120, 300), (values, period) => {
      const store = new MetricStore(new ManualClock());
      for (const [second, value] of values) put(store, 'a', second * 1000, value);
      const points = store.read(metric('a'), { start: 0, end: 600_000, period });
      for (const [start, aggregate] of points) {
        const inside = values
          .filter(([second]) => Math.floor((second * 1000) / (period * 1000)) * period * 1000 === start)
          .map(([, value]) => value);
        const sorted = inside.toSorted((left, right) => left - right);
        assert.equal(aggregate.count, inside.length);
        assert.equal(
          aggregate.sum,
          inside.reduce((sum, value) => sum + value, 0),
        );
        assert.deepEqual([aggregate.minimum, aggregate.maximum], [sorted[0], sorted.at(-1)]);
        for (const rank of [1, 50, 90, 100]) {
          assert.equal(aggregate.percentile(rank), sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)]);
        }
      }
      assert.equal(
        [...points.values()].reduce((sum, { count }) => sum + count, 0),
        values.length,
      );
    }),
  );
});

it('estimates percentiles of many distinct values to a few percent', () => {
  const aggregate = new Aggregate();
  for (let value = 1; value <= 10_000; value += 1) aggregate.add(value);
  for (const rank of [50, 90, 99]) {
    const exact = rank * 100;
    const estimate = aggregate.percentile(rank) ?? 0;
    assert.ok(Math.abs(estimate - exact) <= exact * 0.05, `p${rank}: ${estimate}`);
  }
});
