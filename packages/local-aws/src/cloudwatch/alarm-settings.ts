import * as z from 'zod';
import { property } from '../core/resource-type.ts';
import {
  dimensionsSchema,
  type MetricQuery,
  metricNameSchema,
  metricQuerySchema,
  namespaceSchema,
  tagsSchema,
  unitSchema,
  wire,
} from './cloudwatch-input.ts';
import { type EvaluationRule, missingDataTreatments } from './evaluate-datapoints.ts';
import { compileQueries, type QuerySet } from './evaluate-queries.ts';
import { metricError } from './metric-error.ts';
import { metricKey } from './metric-store.ts';
import { simpleStatisticNames } from './statistic.ts';

const comparisons = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
} as const satisfies Record<string, (value: number, threshold: number) => boolean>;

const comparisonSchema = z.enum(
  ['GreaterThanOrEqualToThreshold', 'GreaterThanThreshold', 'LessThanThreshold', 'LessThanOrEqualToThreshold'],
  'anomaly detection and other operators are not supported by the local endpoint',
);

const actionsSchema = wire.list(
  z.string().regex(/^arn:[^:]+:sns:[^:]*:\d*:[^:]+$/, 'only SNS topics are supported as actions by the local endpoint'),
);
const alarmPeriodSchema = property
  .integer()
  .refine(
    (period) => [10, 20, 30].includes(period) || (period >= 60 && period % 60 === 0),
    'must be 10, 20, 30 or a multiple of 60',
  );

export const alarmNameSchema = z.string().min(1).max(255);

const commonShape = {
  AlarmDescription: z.string().max(1024).optional(),
  ActionsEnabled: wire.boolean().optional(),
  OKActions: actionsSchema.optional(),
  AlarmActions: actionsSchema.optional(),
  InsufficientDataActions: actionsSchema.optional(),
};

/** The settings of a metric alarm but for its name, alike in PutMetricAlarm and AWS::CloudWatch::Alarm. */
export const metricAlarmShape = {
  ...commonShape,
  MetricName: metricNameSchema.optional(),
  Namespace: namespaceSchema.optional(),
  Statistic: z.enum(simpleStatisticNames).optional(),
  ExtendedStatistic: z.string().optional(),
  Dimensions: dimensionsSchema.optional(),
  Period: alarmPeriodSchema.optional(),
  Unit: unitSchema.optional(),
  EvaluationPeriods: wire.positive(),
  DatapointsToAlarm: wire.positive().optional(),
  Threshold: wire.number(),
  ComparisonOperator: comparisonSchema,
  TreatMissingData: z.enum(missingDataTreatments).optional(),
  EvaluateLowSampleCountPercentile: z
    .literal('evaluate', 'only evaluate is supported by the local endpoint')
    .optional(),
  Metrics: wire.list(metricQuerySchema).optional(),
};

/** The settings of a composite alarm but for its name. */
export const compositeAlarmShape = { ...commonShape, AlarmRule: z.string().min(1).max(10240) };

export const putMetricAlarmSchema = z.strictObject({
  AlarmName: alarmNameSchema,
  ...metricAlarmShape,
  Tags: tagsSchema.optional(),
});
export const putCompositeAlarmSchema = z.strictObject({
  AlarmName: alarmNameSchema,
  ...compositeAlarmShape,
  Tags: tagsSchema.optional(),
});
export const metricSettingsSchema = z.object({ AlarmName: alarmNameSchema, ...metricAlarmShape });
export const compositeSettingsSchema = z.object({ AlarmName: alarmNameSchema, ...compositeAlarmShape });
export type MetricSettings = z.infer<typeof metricSettingsSchema>;
export type CompositeSettings = z.infer<typeof compositeSettingsSchema>;

/** A metric alarm made ready to be evaluated. */
export type CompiledAlarm = {
  readonly period: number;
  readonly rule: EvaluationRule;
  readonly queries: QuerySet;
  /** The id of the query that is compared with the threshold. */
  readonly id: string;
  /** See `metricKey`. */
  readonly metricKeys: ReadonlySet<string>;
  /** Once a period breaches, no more data can undo it: a sum or maximum over the threshold, a minimum under it. */
  readonly breachIsFinal: boolean;
};

/** @throws AwsError ValidationError when the settings contradict each other */
export function compileAlarm(settings: MetricSettings): CompiledAlarm {
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, Threshold, ComparisonOperator } = settings;
  const queries = compileQueries(queriesOf(settings));
  const returned = [...queries.plans.values()].filter(({ query }) => query.ReturnData ?? true);
  const [plan] = returned;
  if (plan === undefined || returned.length > 1) {
    throw metricError.validation('Exactly one element of the metrics list should return data.');
  }
  if (DatapointsToAlarm > EvaluationPeriods) {
    throw metricError.validation('DatapointsToAlarm must not be greater than EvaluationPeriods.');
  }
  if (plan.period * EvaluationPeriods > 86_400) {
    throw metricError.validation(
      'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).',
    );
  }
  const compare = comparisons[ComparisonOperator];
  // Alarms on DynamoDB's own metrics ignore missing data, whatever they say.
  const isDynamodb = queries.metrics.some(({ Namespace }) => Namespace === 'AWS/DynamoDB');
  const isAbove = ComparisonOperator.startsWith('Greater');
  const stat = plan.query.MetricStat?.Stat ?? '';
  return {
    period: plan.period,
    rule: {
      evaluationPeriods: EvaluationPeriods,
      datapointsToAlarm: DatapointsToAlarm,
      isBreaching: (value) => compare(value, Threshold),
      missingData: isDynamodb ? 'ignore' : (settings.TreatMissingData ?? 'missing'),
    },
    queries,
    id: plan.query.Id,
    metricKeys: new Set(queries.metrics.map(metricKey)),
    breachIsFinal: isAbove ? ['Sum', 'SampleCount', 'Maximum'].includes(stat) : stat === 'Minimum',
  };
}

/** The queries of a metric math alarm, or the one that a plain alarm amounts to. */
export function queriesOf(settings: MetricSettings): MetricQuery[] {
  const { MetricName, Namespace, Dimensions, Statistic, ExtendedStatistic, Period, Unit, Metrics = [] } = settings;
  const plain = [MetricName, Namespace, Statistic, ExtendedStatistic, Period, Unit].some(
    (member) => member !== undefined,
  );
  if (Metrics.length > 0) {
    if (plain || (Dimensions?.length ?? 0) > 0) {
      throw metricError.validation(
        'Metrics must not be used together with MetricName, Namespace, Dimensions, Period, Unit or a statistic.',
      );
    }
    return Metrics;
  }
  if (MetricName === undefined || Namespace === undefined || Period === undefined) {
    throw metricError.validation('MetricName, Namespace and Period are required for an alarm without Metrics.');
  }
  const Stat = Statistic ?? ExtendedStatistic;
  if (Stat === undefined || (Statistic !== undefined && ExtendedStatistic !== undefined)) {
    throw metricError.validation('Exactly one of Statistic and ExtendedStatistic must be given.');
  }
  const metric = { Namespace, MetricName, ...(Dimensions === undefined ? {} : { Dimensions }) };
  return [{ Id: 'm1', MetricStat: { Metric: metric, Period, Stat, ...(Unit === undefined ? {} : { Unit }) } }];
}
