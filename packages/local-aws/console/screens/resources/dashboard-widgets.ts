import type { MetricQuery } from './metric-data.ts';

type Common = { readonly title: string; readonly width: number; readonly height: number };

/** A widget of a CloudWatch dashboard, as far as it can be drawn. */
export type Widget = Common &
  /** The region of the metrics, where the widget names one. */
  (
    | { readonly type: 'metric'; readonly region: string; readonly metrics: readonly MetricQuery[] }
    | { readonly type: 'text'; readonly text: string }
    | { readonly type: 'other'; readonly properties: unknown }
  );

/** The widgets of a dashboard body, from top to bottom. A body that is not understood has none. */
export function readDashboard(body: string): readonly Widget[] {
  const widgets = fieldOf(JSON.parse(body), 'widgets');
  if (!Array.isArray(widgets)) return [];
  const position = (widget: unknown): number => numberOf(widget, 'y', 0) * 100 + numberOf(widget, 'x', 0);
  return widgets.toSorted((a, b) => position(a) - position(b)).map(readWidget);
}

function readWidget(widget: unknown): Widget {
  const properties = fieldOf(widget, 'properties');
  const common = {
    title: textOf(properties, 'title', ''),
    // The grid of CloudWatch has 24 columns.
    width: Math.min(24, Math.max(1, numberOf(widget, 'width', 6))),
    height: numberOf(widget, 'height', 6),
  };
  const type = fieldOf(widget, 'type');
  if (type === 'text') return { ...common, type: 'text', text: textOf(properties, 'markdown', '') };
  const metrics = fieldOf(properties, 'metrics');
  if (type !== 'metric' || !Array.isArray(metrics)) return { ...common, type: 'other', properties };
  const region = textOf(properties, 'region', '');
  return { ...common, type: 'metric', region, metrics: readMetricRows(metrics, properties) };
}

/** `["AWS/Lambda", "Errors", "FunctionName", "f", { "stat": "Sum" }]`, where `.` repeats the row above and `...` all of its start. */
function readMetricRows(rows: readonly unknown[], properties: unknown): readonly MetricQuery[] {
  let above: readonly string[] = [];
  return rows.flatMap((row): readonly MetricQuery[] => {
    if (!Array.isArray(row)) return [];
    const options = row.find((part) => typeof part === 'object');
    const texts = row.filter((part) => typeof part === 'string');
    const dots = texts.indexOf('...');
    const full = dots === -1 ? texts : [...above.slice(0, above.length - (texts.length - 1)), ...texts.slice(dots + 1)];
    const parts = full.map((part, index) => (part === '.' ? (above[index] ?? '') : part));
    above = parts;
    const [namespace, name, ...dimensions] = parts;
    // Rows of metric math have an expression in place of names.
    const expression = textOf(options, 'expression', '');
    if (expression !== '') return [{ expression, label: textOf(options, 'label', '') }];
    if (namespace === undefined || name === undefined) return [];
    return [
      {
        label: textOf(options, 'label', dimensions.at(-1) ?? name),
        namespace,
        name,
        dimensions: pairsOf(dimensions),
        statistic: textOf(options, 'stat', textOf(properties, 'stat', 'Average')),
        period: numberOf(options, 'period', numberOf(properties, 'period', 300)),
      },
    ];
  });
}

function pairsOf(parts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? '']] : [])));
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

function numberOf(value: unknown, name: string, otherwise: number): number {
  const field = fieldOf(value, name);
  return typeof field === 'number' ? field : otherwise;
}

function textOf(value: unknown, name: string, otherwise: string): string {
  const field = fieldOf(value, name);
  return typeof field === 'string' ? field : otherwise;
}
