import { accountId } from '../core/arn.ts';
import { regionName } from '../core/region-names.ts';
import { type MetricSettings, queriesOf } from './alarm-settings.ts';
import type { Alarm, AlarmStatus } from './alarm-store.ts';
import { alarmTime } from './describe-evaluation.ts';
import type { Dimension } from './metric-store.ts';

/** What SNS refuses to take more of in a subject. */
const maxSubject = 100;

/** `ALARM: "name" in US East (N. Virginia)` */
export function alarmSubject({ name, status }: Alarm, region: string): string {
  const subject = `${status.value}: "${name}" in ${regionName(region)}`;
  return subject.length > maxSubject ? `${subject.slice(0, maxSubject - 3)}...` : subject;
}

/** The JSON message that an alarm sends to SNS when its state changes. `previous` is the state it comes from. */
export function alarmMessage(alarm: Alarm, previous: AlarmStatus, region: string, children: readonly Alarm[]): string {
  const { settings, status } = alarm;
  return JSON.stringify({
    AlarmName: alarm.name,
    AlarmDescription: settings.AlarmDescription ?? null,
    AWSAccountId: accountId,
    AlarmConfigurationUpdatedTimestamp: alarmTime(status.configured),
    NewStateValue: status.value,
    NewStateReason: status.reason,
    StateChangeTime: alarmTime(status.updated),
    Region: regionName(region),
    AlarmArn: alarm.arn,
    OldStateValue: previous.value,
    OKActions: settings.OKActions ?? [],
    AlarmActions: settings.AlarmActions ?? [],
    InsufficientDataActions: settings.InsufficientDataActions ?? [],
    ...(alarm.kind === 'MetricAlarm'
      ? { Trigger: trigger(alarm.settings) }
      : {
          AlarmRule: alarm.settings.AlarmRule,
          TriggeringChildren: children.map((child) => ({
            Arn: child.arn,
            State: { Value: child.status.value, Timestamp: alarmTime(child.status.updated) },
          })),
        }),
  });
}

function trigger(settings: MetricSettings) {
  const rule = {
    EvaluationPeriods: settings.EvaluationPeriods,
    DatapointsToAlarm: settings.DatapointsToAlarm,
    ComparisonOperator: settings.ComparisonOperator,
    Threshold: settings.Threshold,
    TreatMissingData: settings.TreatMissingData ?? 'missing',
    EvaluateLowSampleCountPercentile: settings.EvaluateLowSampleCountPercentile ?? '',
  };
  if (settings.Metrics !== undefined && settings.Metrics.length > 0) {
    return {
      ...rule,
      Metrics: queriesOf(settings).map(({ MetricStat, ...query }) => ({
        ...query,
        MetricStat: MetricStat && {
          ...MetricStat,
          Metric: { ...MetricStat.Metric, Dimensions: triggerDimensions(MetricStat.Metric.Dimensions) },
        },
        ReturnData: query.ReturnData ?? true,
      })),
    };
  }
  return {
    MetricName: settings.MetricName,
    Namespace: settings.Namespace,
    ...(settings.Statistic === undefined
      ? { StatisticType: 'ExtendedStatistic', ExtendedStatistic: settings.ExtendedStatistic }
      : { StatisticType: 'Statistic', Statistic: statisticNames[settings.Statistic] }),
    Unit: settings.Unit ?? null,
    Dimensions: triggerDimensions(settings.Dimensions),
    Period: settings.Period,
    ...rule,
  };
}

const statisticNames = {
  SampleCount: 'SAMPLE_COUNT',
  Average: 'AVERAGE',
  Sum: 'SUM',
  Minimum: 'MINIMUM',
  Maximum: 'MAXIMUM',
} as const;

function triggerDimensions(dimensions: readonly Dimension[] | undefined) {
  return (dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name }));
}
