import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { property } from '../core/resource-type.ts';
import { unitSchema, wire } from './cloudwatch-input.ts';
import { checkSelector, compileLogMatcher, type LogFilter, type LogMatch } from './log-filter-pattern.ts';
import { parseNumber } from './log-filter-value.ts';
import type { Sample } from './metric-store.ts';

export const transformationSchema = z.strictObject({
  metricName: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^:*$]*$/),
  metricNamespace: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^:*$]*$/),
  metricValue: property.string().refine((value) => value.length <= 100, 'at most 100 characters'),
  defaultValue: wire.number().optional(),
  dimensions: z.record(z.string().min(1).max(255), z.string().min(1).max(255)).optional(),
  unit: unitSchema.optional(),
});
type Transformation = z.infer<typeof transformationSchema>;

export const metricFilterSchema = z.object({
  filterName: z.string(),
  filterPattern: z.string(),
  logGroupName: z.string(),
  metricTransformations: z.array(transformationSchema),
  creationTime: z.number(),
});
export type MetricFilter = z.infer<typeof metricFilterSchema>;

/** Makes the samples of one log event. */
export type SampleReader = (message: string, timestamp: number) => Sample[];

/** @throws AwsError InvalidParameterException for a pattern or transformation that CloudWatch Logs refuses */
export function compileMetricFilter(
  filter: Pick<MetricFilter, 'filterPattern' | 'metricTransformations'>,
): SampleReader {
  const matcher = compileLogMatcher(filter.filterPattern);
  const readers = filter.metricTransformations.map((transformation) => compileTransformation(transformation, matcher));
  return (message, timestamp) => readers.flatMap((read) => read(message, timestamp) ?? []);
}

function compileTransformation(
  { metricName, metricNamespace, metricValue, defaultValue, dimensions = {}, unit = 'None' }: Transformation,
  matcher: LogFilter,
): (message: string, timestamp: number) => Sample | undefined {
  const names = Object.entries(dimensions);
  if (names.length > 3) throw invalid('At most 3 dimensions can be given to a metric transformation.');
  if (names.length > 0 && defaultValue !== undefined) {
    throw invalid('Invalid metric transformation: dimensions and default value are mutually exclusive properties.');
  }
  for (const [, selector] of names) checkSelector(selector);
  const readValue = compileValue(metricValue);

  return (message, timestamp) => {
    const match = matcher(message);
    const value = match === undefined ? defaultValue : readValue(match);
    // A dimension that the event does not have leaves nothing to count it under.
    const found = names.map(([Name, selector]) => ({ Name, Value: match?.value(selector) ?? '' }));
    if (value === undefined || found.some(({ Value }) => Value === '')) return undefined;
    return {
      metric: { Namespace: metricNamespace, MetricName: metricName, Dimensions: found },
      unit,
      timestamp,
      add: (aggregate) => aggregate.add(value),
    };
  };
}

/** A number, or the selector of one in the event. */
function compileValue(metricValue: string): (match: LogMatch) => number | undefined {
  if (metricValue.startsWith('$')) {
    checkSelector(metricValue);
    return (match) => parseNumber(match.value(metricValue) ?? '');
  }
  const constant = parseNumber(metricValue);
  if (constant === undefined) {
    throw invalid(`Invalid metric transformation: the metric value ${metricValue} is not a number.`);
  }
  return () => constant;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
