import type { MetricQuery } from './cloudwatch-input.ts';
import { metricError } from './metric-error.ts';
import {
  type MathExpression,
  type MathScope,
  type MathValue,
  type Points,
  parseMath,
  toSeries,
} from './metric-math.ts';
import type { Metric, MetricStore, Window } from './metric-store.ts';
import { parseStatistic, type Statistic } from './statistic.ts';

type MetricNode = {
  readonly kind: 'metric';
  readonly query: MetricQuery;
  readonly period: number;
  readonly metric: Metric;
  readonly statistic: Statistic;
  readonly unit: string | undefined;
};
type ExpressionNode = {
  readonly kind: 'expression';
  readonly query: MetricQuery;
  readonly expression: MathExpression;
};
type Node = MetricNode | ExpressionNode;

/** A query with all that it reads, itself last, each after what it reads. */
type Plan = { readonly query: MetricQuery; readonly steps: readonly Node[]; readonly period: number };

export type QuerySet = {
  readonly plans: ReadonlyMap<string, Plan>;
  /** The metrics that the queries read. */
  readonly metrics: readonly Metric[];
  /** Makes ready to tell the values of queries, by id, from `start` to `end`. */
  over(store: MetricStore, range: { readonly start: number; readonly end: number }): (id: string) => Points;
};

/** Checks the queries of a GetMetricData call or an alarm and makes them ready. @throws AwsError ValidationError */
export function compileQueries(queries: readonly MetricQuery[]): QuerySet {
  const nodes = new Map<string, Node>();
  for (const query of queries) {
    if (nodes.has(query.Id)) throw metricError.validation(`The value ${query.Id} for the parameter Id is not unique.`);
    nodes.set(query.Id, compileQuery(query));
  }
  const metricIds = [...nodes].flatMap(([id, node]) => (node.kind === 'metric' ? [id] : []));
  const plans = new Map([...nodes].map(([id, node]) => [id, planQuery(id, node, nodes, metricIds)]));
  return {
    plans,
    metrics: [...nodes.values()].flatMap((node) => (node.kind === 'metric' ? [node.metric] : [])),
    over: (store, { start, end }) => {
      const windows = new Map<number, WindowValues>();
      return (id) => {
        const { steps, period } = plans.get(id) ?? { steps: [], period: 60 };
        const window = windows.get(period) ?? new WindowValues(store, { start, end, period }, metricIds);
        windows.set(period, window);
        for (const step of steps) window.evaluate(step);
        return window.points(id);
      };
    },
  };
}

/** The values of queries over one window, each evaluated once. */
class WindowValues {
  readonly #store: MetricStore;
  readonly #window: Window;
  readonly #values = new Map<string, MathValue>();
  readonly #scope: MathScope;

  constructor(store: MetricStore, window: Window, metricIds: readonly string[]) {
    this.#store = store;
    this.#window = window;
    const timestamps = timestampsOf(window);
    this.#scope = {
      lookup: (id) => this.#values.get(id),
      metrics: () => metricIds.map((id) => this.points(id)),
      timestamps,
    };
  }

  evaluate(node: Node): void {
    if (this.#values.has(node.query.Id)) return;
    const value =
      node.kind === 'expression' ? node.expression.evaluate(this.#scope) : readMetric(node, this.#store, this.#window);
    this.#values.set(node.query.Id, value);
  }

  points(id: string): Points {
    return toSeries(this.#values.get(id) ?? new Map(), this.#scope.timestamps);
  }
}

function compileQuery(query: MetricQuery): Node {
  const { Id, MetricStat, Expression } = query;
  if (MetricStat !== undefined && Expression === undefined) {
    const { Metric, Period: period, Stat, Unit: unit } = MetricStat;
    const metric = { ...Metric, Dimensions: Metric.Dimensions ?? [] };
    return { kind: 'metric', query, period, metric, statistic: parseStatistic(Stat), unit };
  }
  if (MetricStat === undefined && Expression !== undefined) {
    return { kind: 'expression', query, expression: parseMath(Expression) };
  }
  throw metricError.validation(`Exactly one of MetricStat and Expression must be given for the metric ${Id}.`);
}

/** What a query reads must exist, be of one period, and lead back to itself nowhere. */
function planQuery(root: string, node: Node, nodes: ReadonlyMap<string, Node>, metricIds: readonly string[]): Plan {
  const steps = new Set<Node>();
  const open = new Set<string>();
  const visit = (id: string, reader: string): void => {
    const current = nodes.get(id);
    if (current === undefined) {
      throw metricError.validation(`Error in expression '${reader}': no metric has the id ${id}.`);
    }
    if (open.has(id)) throw metricError.validation(`The expressions ${[...open].join(', ')} depend on each other.`);
    if (steps.has(current)) return;
    open.add(id);
    for (const other of readBy(current, metricIds)) visit(other, id);
    open.delete(id);
    steps.add(current);
  };
  visit(root, root);
  const periods = new Set(
    [...steps].flatMap((step) => (step.kind === 'metric' ? [step.period] : (step.query.Period ?? []))),
  );
  if (periods.size > 1) {
    throw metricError.validation(
      `The local endpoint does not combine metrics of different periods in ${root}. See the support matrix of local-aws.`,
    );
  }
  return { query: node.query, steps: [...steps], period: [...periods][0] ?? 60 };
}

function readBy(node: Node, metricIds: readonly string[]): readonly string[] {
  if (node.kind === 'metric') return [];
  const { ids, readsAll } = node.expression;
  return readsAll ? [...new Set([...metricIds, ...ids])] : ids;
}

function readMetric({ metric, statistic, unit }: MetricNode, store: MetricStore, window: Window): Points {
  const points = [...store.read(metric, window, unit)].flatMap(([time, aggregate]): [number, number][] => {
    const value = statistic(aggregate);
    return value === undefined ? [] : [[time, value]];
  });
  return new Map(points.sort(([left], [right]) => left - right));
}

function timestampsOf({ start, end, period }: Window): number[] {
  const step = period * 1000;
  return Array.from({ length: Math.max(0, Math.ceil((end - start) / step)) }, (_, index) => start + index * step);
}
