import { aws } from '../../state/api.ts';
import type { MetricStat } from './metric-data.ts';

type Metric = {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
};

type Search = {
  readonly namespace: string | undefined;
  /** The metric has these dimensions and no others; undefined for any. */
  readonly dimensions: readonly string[] | undefined;
  readonly terms: readonly { readonly name: string; readonly text: string; readonly isExact: boolean }[];
  readonly statistic: string;
  readonly period: number;
};

/** The metrics that `SEARCH('{AWS/Lambda,FunctionName} MetricName="Errors" local', 'Sum', 60)` finds; undefined for other expressions. */
export async function searchMetrics(region: string, expression: string): Promise<readonly MetricStat[] | undefined> {
  const search = parseSearch(expression);
  if (search === undefined) return undefined;
  const { Metrics = [] } = await aws<{ Metrics?: readonly Metric[] }>(region, 'monitoring', 'ListMetrics', {
    ...(search.namespace !== undefined && { Namespace: search.namespace }),
  });
  return Metrics.filter((metric) => fits(metric, search)).map(({ Namespace, MetricName, Dimensions = [] }) => ({
    label:
      [...(search.terms.some(({ name }) => name === 'MetricName') ? [] : [MetricName]), ...valuesOf(Dimensions)].join(
        ' ',
      ) || MetricName,
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
    statistic: search.statistic,
    period: search.period,
  }));
}

const valuesOf = (dimensions: NonNullable<Metric['Dimensions']>): readonly string[] =>
  dimensions.map(({ Value }) => Value);

function parseSearch(expression: string): Search | undefined {
  const [, text, statistic, period] =
    /^\s*SEARCH\(\s*'([^']*)'\s*,\s*'([^']+)'\s*(?:,\s*(\d+)\s*)?\)\s*$/.exec(expression) ?? [];
  if (text === undefined || statistic === undefined) return undefined;
  const [schema, list] = /\{([^}]*)\}/.exec(text) ?? [];
  const [namespace, ...dimensions] = list?.split(',').map((part) => part.trim().replaceAll('"', '')) ?? [];
  const rest = schema === undefined ? text : text.replace(schema, ' ');
  const terms = [...rest.matchAll(/(?:([\w.]+)=)?(?:"([^"]*)"|([^\s"=]+))/g)].map(([, name = '', exact, partial]) => ({
    name,
    text: exact ?? partial ?? '',
    isExact: exact !== undefined,
  }));
  return {
    namespace: namespace ?? terms.find(({ name, isExact }) => name === 'Namespace' && isExact)?.text,
    dimensions: list === undefined ? undefined : dimensions,
    terms,
    statistic,
    period: Number(period ?? 300),
  };
}

function fits({ Namespace, MetricName, Dimensions = [] }: Metric, { dimensions, terms }: Search): boolean {
  const names = Dimensions.map(({ Name }) => Name);
  const hasSchema =
    dimensions === undefined ||
    (dimensions.length === names.length && dimensions.every((dimension) => names.includes(dimension)));
  const values = new Map([
    ['Namespace', Namespace],
    ['MetricName', MetricName],
    ...Dimensions.map(({ Name, Value }) => [Name, Value] as const),
  ]);
  return (
    hasSchema &&
    terms.every(({ name, text, isExact }) => {
      const looked = name === '' ? [...values.values()] : [values.get(name) ?? ''];
      return looked.some((value) => (isExact ? value === text : value.toLowerCase().includes(text.toLowerCase())));
    })
  );
}
