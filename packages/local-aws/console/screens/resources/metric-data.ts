import type { Series } from '../../parts/chart.tsx';
import { aws } from '../../state/api.ts';

/** A metric as GetMetricData takes it. */
export type MetricQuery = {
  readonly label: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  readonly period: number;
};

type MetricDataResult = {
  readonly Id: string;
  readonly Timestamps?: readonly (string | number)[];
  readonly Values?: readonly number[];
};

export type MetricData = { readonly times: readonly number[]; readonly series: readonly Series[] };

/** Reads metrics of the last hours; where one has no value, its line has a gap. */
export async function readMetrics(queries: readonly MetricQuery[], now: number, hours = 3): Promise<MetricData> {
  const { MetricDataResults = [] } = await aws<{ MetricDataResults?: readonly MetricDataResult[] }>(
    'monitoring',
    'GetMetricData',
    {
      StartTime: new Date(now - hours * 3_600_000).toISOString(),
      EndTime: new Date(now).toISOString(),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: queries.map(({ namespace, name, dimensions, statistic, period }, index) => ({
        Id: `m${index}`,
        MetricStat: {
          Metric: {
            Namespace: namespace,
            MetricName: name,
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          },
          Period: period,
          Stat: statistic,
        },
      })),
    },
  );
  const points = queries.map((_, index) => {
    const { Timestamps = [], Values = [] } = MetricDataResults.find(({ Id }) => Id === `m${index}`) ?? {};
    return new Map(Timestamps.map((time, position) => [secondsOf(time), Values[position] ?? null]));
  });
  const times = [...new Set(points.flatMap((each) => [...each.keys()]))].sort((a, b) => a - b);
  return {
    times,
    series: queries.map(({ label }, index) => ({
      label,
      values: times.map((time) => points[index]?.get(time) ?? null),
    })),
  };
}

/** JSON protocols have seconds where the AWS CLI prints ISO 8601. */
const secondsOf = (time: string | number): number => (typeof time === 'number' ? time : Date.parse(time) / 1000);
