import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import { action, dimensionsSchema, metricNameSchema, namespaceSchema, unitSchema, wire } from './cloudwatch-input.ts';
import { metricError } from './metric-error.ts';
import type { MetricStore, Sample } from './metric-store.ts';

const datumSchema = z.strictObject({
  MetricName: metricNameSchema,
  Dimensions: dimensionsSchema.optional(),
  Timestamp: wire.timestamp().optional(),
  Value: wire.number().optional(),
  StatisticValues: z
    .strictObject({ SampleCount: wire.number(), Sum: wire.number(), Minimum: wire.number(), Maximum: wire.number() })
    .optional(),
  Values: wire.list(wire.number()).optional(),
  Counts: wire.list(wire.number()).optional(),
  Unit: unitSchema.optional(),
  StorageResolution: wire.integer().optional(),
});
type Datum = z.infer<typeof datumSchema>;

const inputSchema = z.strictObject({ Namespace: namespaceSchema, MetricData: wire.list(datumSchema) });

const hour = 3_600_000;

export function putMetricData(clock: Clock, store: MetricStore) {
  return action(inputSchema, ({ Namespace, MetricData }) => {
    if (MetricData.length === 0) throw metricError.missing('MetricData');
    if (MetricData.length > 1000) {
      throw metricError.value('The collection MetricData must not have a size greater than 1000.');
    }
    const samples = MetricData.map((datum, index) => toSample(Namespace, datum, index + 1, clock.now()));
    for (const sample of samples) store.put(sample);
    return {};
  });
}

/** CloudWatch takes samples from two weeks ago to two hours ahead. */
export function isStorableTime(timestamp: number, now: number): boolean {
  return timestamp >= now - 14 * 24 * hour && timestamp <= now + 2 * hour;
}

function toSample(Namespace: string, datum: Datum, position: number, now: number): Sample {
  const path = `MetricData.member.${position}`;
  const timestamp = datum.Timestamp ?? now;
  if (!isStorableTime(timestamp, now)) {
    throw metricError.value(
      `The parameter ${path}.Timestamp must specify a time no more than two weeks in the past and two hours in the future.`,
    );
  }
  return {
    metric: { Namespace, MetricName: datum.MetricName, Dimensions: datum.Dimensions ?? [] },
    unit: datum.Unit ?? 'None',
    timestamp,
    highResolution: datum.StorageResolution === 1,
    add: readValues(datum, path),
  };
}

function readValues({ Value, Values, Counts, StatisticValues }: Datum, path: string): Sample['add'] {
  const [given, second] = Object.entries({ Value, Values, StatisticValues })
    .filter(([, member]) => member !== undefined)
    .map(([name]) => `${path}.${name}`);
  if (given === undefined) throw metricError.missing(`${path}.Value`);
  if (second !== undefined) {
    throw metricError.combination(
      `The parameters ${given} and ${second} are mutually exclusive and you have specified both.`,
    );
  }
  if (StatisticValues !== undefined) {
    const { SampleCount: count, Sum: sum, Minimum: minimum, Maximum: maximum } = StatisticValues;
    if (count <= 0 || minimum > maximum) {
      throw metricError.value(`The parameter ${path}.StatisticValues is not consistent.`);
    }
    for (const number of [count, sum, minimum, maximum]) checkNumber(number, `${path}.StatisticValues`);
    return (aggregate) => aggregate.addStatistics({ count, sum, minimum, maximum });
  }
  const values = Value === undefined ? (Values ?? []) : [Value];
  if (values.length === 0 || values.length > 150) {
    throw metricError.value(`The parameter ${path}.Values must have 1 to 150 values.`);
  }
  if (Counts !== undefined && Counts.length !== values.length) {
    throw metricError.value(`The parameters ${path}.Values and ${path}.Counts must be of the same size.`);
  }
  for (const number of [...values, ...(Counts ?? [])]) checkNumber(number, `${path}.Value`);
  if (Counts?.some((count) => count <= 0)) throw metricError.value(`The parameter ${path}.Counts must be positive.`);
  return (aggregate) => {
    values.forEach((value, index) => void aggregate.add(value, Counts?.[index] ?? 1));
  };
}

function checkNumber(value: number, path: string): void {
  if (!Number.isFinite(value) || Math.abs(value) > 2 ** 360) {
    throw metricError.value(`The parameter ${path} is not a number that CloudWatch stores.`);
  }
}
