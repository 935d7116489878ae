import type { Series } from '../../parts/chart.tsx';
import { aws } from '../../state/api.ts';
import { searchMetrics } from './search-metrics.ts';

/** One metric, or what an expression such as SEARCH finds. */
export type MetricQuery = MetricStat | { readonly expression: string; readonly label: string };

export type MetricStat = {
  readonly label: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  readonly period: number;
};

type Result = {
  readonly Id: string;
  readonly Label?: string;
  readonly Timestamps?: readonly (string | number)[];
  readonly Values?: readonly number[];
};

export type MetricData = {
  readonly times: readonly number[];
  readonly series: readonly Series[];
  /** Seconds since 1970. */
  readonly range: readonly [from: number, to: number];
};

/** More lines than that are one colour beside the other. */
const maxSeries = 24;

/** Reads metrics of the last hours; where one has no value, its line has a gap. */
export async function readMetrics(
  region: string,
  asked: readonly MetricQuery[],
  now: number,
  hours = 3,
): Promise<MetricData> {
  const from = now - hours * 3_600_000;
  const range = [from / 1000, now / 1000] as const;
  const queries = (await Promise.all(asked.map((query) => expanded(region, query)))).flat().slice(0, maxSeries);
  if (queries.length === 0) return { times: [], series: [], range };
  const { MetricDataResults = [] } = await aws<{ MetricDataResults?: readonly Result[] }>(
    region,
    'monitoring',
    'GetMetricData',
    {
      StartTime: new Date(from).toISOString(),
      EndTime: new Date(now).toISOString(),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: queries.map((query, index) => ({ Id: `m${index}`, ...wireForm(query) })),
    },
  );
  const lines = MetricDataResults.filter(({ Values = [] }) => Values.length > 0).map(
    ({ Id, Label, Timestamps = [], Values = [] }) => ({
      // An expression finds several metrics, each with a label of its own.
      label: labelOf(queries[Number(Id.slice(1))], Label),
      points: new Map(Timestamps.map((time, position) => [secondsOf(time), Values[position] ?? null])),
    }),
  );
  const times = [...new Set(lines.flatMap(({ points }) => [...points.keys()]))].sort((a, b) => a - b);
  const series = lines.map(({ label, points }) => ({ label, values: times.map((time) => points.get(time) ?? null) }));
  return { times, series, range };
}

/** The endpoint has no SEARCH of its own. */
const expanded = async (region: string, query: MetricQuery): Promise<readonly MetricQuery[]> =>
  ('expression' in query && (await searchMetrics(region, query.expression))) || [query];

function wireForm(query: MetricQuery): object {
  if ('expression' in query) return { Expression: query.expression };
  const { namespace, name, dimensions, period, statistic } = query;
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return {
    MetricStat: { Metric: { Namespace: namespace, MetricName: name, Dimensions }, Period: period, Stat: statistic },
  };
}

function labelOf(query: MetricQuery | undefined, found: string | undefined): string {
  if (query === undefined || ('expression' in query && query.label === '')) return found ?? '';
  return query.label;
}

/** JSON protocols have seconds where the AWS CLI prints ISO 8601. */
const secondsOf = (time: string | number): number => (typeof time === 'number' ? time : Date.parse(time) / 1000);
