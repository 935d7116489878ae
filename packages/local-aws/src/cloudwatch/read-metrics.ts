import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import {
  action,
  decodeNameToken,
  dimensionsSchema,
  encodeNameToken,
  metricNameSchema,
  metricQuerySchema,
  namespaceSchema,
  periodSchema,
  unitSchema,
  wire,
} from './cloudwatch-input.ts';
import type { CloudWatchAction } from './cloudwatch-protocols.ts';
import { compileQueries } from './evaluate-queries.ts';
import { metricError } from './metric-error.ts';
import { keyPrefix, type Metric, type MetricStore } from './metric-store.ts';
import { parseStatistic, simpleStatisticNames, simpleStatistics } from './statistic.ts';

const statisticsSchema = z.strictObject({
  Namespace: namespaceSchema,
  MetricName: metricNameSchema,
  Dimensions: dimensionsSchema.optional(),
  StartTime: wire.timestamp(),
  EndTime: wire.timestamp(),
  Period: periodSchema,
  Statistics: wire.list(z.enum(simpleStatisticNames)).optional(),
  ExtendedStatistics: wire.list(z.string()).optional(),
  Unit: unitSchema.optional(),
});

const dataSchema = z.strictObject({
  MetricDataQueries: wire.list(metricQuerySchema),
  StartTime: wire.timestamp(),
  EndTime: wire.timestamp(),
  NextToken: z.string().optional(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).optional(),
  MaxDatapoints: wire.positive().optional(),
  LabelOptions: z.strictObject({ Timezone: z.string().optional() }).optional(),
});

const listSchema = z.strictObject({
  Namespace: namespaceSchema.optional(),
  MetricName: metricNameSchema.optional(),
  Dimensions: wire.list(z.strictObject({ Name: z.string(), Value: z.string().optional() })).optional(),
  NextToken: z.string().optional(),
  RecentlyActive: z.enum(['PT3H']).optional(),
});

const maxDatapoints = 100_800;
/** Of all queries of one GetMetricData call together, so that none takes the process down. */
const maxPeriods = 1_000_000;

/** GetMetricStatistics, GetMetricData and ListMetrics. */
export function readActions(clock: Clock, store: MetricStore): Record<string, CloudWatchAction> {
  return {
    GetMetricStatistics: action(statisticsSchema, (input) => getMetricStatistics(store, input)),
    GetMetricData: action(dataSchema, (input) => getMetricData(store, input)),
    ListMetrics: action(listSchema, (input) => {
      const active = clock.now() - 3 * 3_600_000;
      const { items, last } = store.page({
        prefix: keyPrefix(input),
        after: decodeNameToken(input.NextToken),
        size: 500,
        accepts: ({ metric, updated }) =>
          isListed(metric, input) && (input.RecentlyActive === undefined || updated > active),
      });
      return {
        Metrics: items.map(({ metric }) => ({
          ...metric,
          Dimensions: metric.Dimensions.map((dimension) => ({ ...dimension })),
        })),
        NextToken: encodeNameToken(last),
      };
    }),
  };
}

function getMetricStatistics(store: MetricStore, input: z.infer<typeof statisticsSchema>) {
  const { Namespace, MetricName, Dimensions = [], Period, Statistics = [], ExtendedStatistics = [], Unit } = input;
  if (Statistics.length + ExtendedStatistics.length === 0) {
    throw metricError.missing('Statistics or ExtendedStatistics');
  }
  const start = alignStart(input.StartTime, Period);
  const end = checkRange(input.StartTime, input.EndTime);
  const requested = Math.ceil((end - start) / (Period * 1000));
  if (requested > 1440) {
    throw metricError.combination(
      `You have requested up to ${requested} datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  }
  const extended = ExtendedStatistics.map((name) => ({ name, statistic: parseStatistic(name) }));
  const byUnit = store.readByUnit({ Namespace, MetricName, Dimensions }, { start, end, period: Period });
  const datapoints = [...byUnit]
    .filter(([unit]) => Unit === undefined || unit === Unit)
    .flatMap(([unit, points]) =>
      [...points].map(([timestamp, aggregate]) => ({
        Timestamp: new Date(timestamp),
        ...Object.fromEntries(Statistics.map((name) => [name, simpleStatistics[name](aggregate)])),
        Unit: unit,
        ExtendedStatistics:
          extended.length === 0
            ? undefined
            : new Map(extended.map(({ name, statistic }) => [name, statistic(aggregate)])),
      })),
    );
  return { Label: MetricName, Datapoints: datapoints };
}

function getMetricData(store: MetricStore, input: z.infer<typeof dataSchema>) {
  const { MetricDataQueries, StartTime, EndTime, ScanBy = 'TimestampDescending' } = input;
  if (MetricDataQueries.length === 0) throw metricError.missing('MetricDataQueries');
  if (MetricDataQueries.length > 500) throw metricError.validation('At most 500 metric data queries can be given.');
  const end = checkRange(StartTime, EndTime);
  const queries = compileQueries(MetricDataQueries);
  const returned = [...queries.plans.values()].filter(({ query }) => query.ReturnData ?? true);
  const requested = [...queries.plans.values()].map(
    ({ period }) => (end - alignStart(StartTime, period)) / (period * 1000),
  );
  if (requested.reduce((sum, periods) => sum + periods, 0) > maxPeriods) {
    throw metricError.validation(`The time range is too long for ${queries.plans.size} queries of these periods.`);
  }
  const evaluators = new Map(
    [...queries.plans.values()].map(({ period }) => {
      const start = alignStart(StartTime, period);
      return [period, queries.over(store, { start, end })];
    }),
  );
  const results = returned.map(({ query, period }) => {
    const points = [...(evaluators.get(period)?.(query.Id) ?? [])];
    if (ScanBy === 'TimestampDescending') points.reverse();
    return {
      Id: query.Id,
      Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
      Timestamps: points.map(([timestamp]) => new Date(timestamp)),
      Values: points.map(([, value]) => value),
      StatusCode: 'Complete',
    };
  });
  const total = results.reduce((sum, { Values }) => sum + Values.length, 0);
  if (total > (input.MaxDatapoints ?? maxDatapoints) || input.NextToken !== undefined) {
    throw metricError.value(`The local endpoint does not page GetMetricData, and this answer has ${total} datapoints.`);
  }
  return { MetricDataResults: results, Messages: [] };
}

/** CloudWatch rounds the start down: to the minute, or to a shorter period. */
function alignStart(start: number, period: number): number {
  const step = Math.min(period, 60) * 1000;
  return Math.floor(start / step) * step;
}

function checkRange(start: number, end: number): number {
  if (start >= end) throw metricError.value('The parameter StartTime must be less than the parameter EndTime.');
  return end;
}

function isListed(metric: Metric, { Namespace, MetricName, Dimensions = [] }: z.infer<typeof listSchema>): boolean {
  return (
    (Namespace === undefined || metric.Namespace === Namespace) &&
    (MetricName === undefined || metric.MetricName === MetricName) &&
    Dimensions.every(({ Name, Value }) =>
      metric.Dimensions.some(
        (dimension) => dimension.Name === Name && (Value === undefined || dimension.Value === Value),
      ),
    )
  );
}
