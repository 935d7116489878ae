import { type AlarmProperties, apiAlarms, pipeAlarms, streamAlarms } from './alarms.ts';
import { functionErrors } from './error-filters.ts';
import { queueAlarms } from './queue-alarms.ts';
import { type Resource, type Resources, resourcesOfType } from './template.ts';

export type MonitoringOptions = {
  readonly service: string;
  readonly stage: string;
  /** Without a topic, alarms have their states and no actions. */
  readonly topicArn: unknown;
};

/**
 * What monitors the resources of a template: a metric filter on the log of each function, and alarms on these metrics, on
 * queues, consumers of streams, pipes and APIs. An alarm of the service on the same metric replaces the derived one. All
 * alarms go to the monitoring topic, those of the service too.
 * @returns resources to add to the template, and the service's own alarms with their actions
 */
export function monitoringOf(resources: Resources, options: MonitoringOptions): Record<string, Resource> {
  const { topicArn } = options;
  const isWithoutTopic = topicArn === undefined || topicArn === null;
  const actions = isWithoutTopic ? {} : { AlarmActions: [topicArn], OKActions: [topicArn] };
  const own = resourcesOfType(resources, alarmType);
  const watched = new Set(own.map(([, { Properties }]) => metricKey(Properties)));
  const errors = functionErrors(resources);
  const alarms = [
    ...errors.alarms,
    ...queueAlarms(resources, options),
    ...streamAlarms(resources, options),
    ...pipeAlarms(resources, options),
    ...apiAlarms(resources, options),
  ].filter(([, properties]) => !watched.has(metricKey(properties)));
  return {
    ...Object.fromEntries(
      own.map(([id, alarm]) => [id, { ...alarm, Properties: { ...actions, ...alarm.Properties } }]),
    ),
    ...errors.filters,
    ...Object.fromEntries(
      alarms.map(([id, properties]) => [
        id,
        { Type: alarmType, Properties: { ...defaultsOf(properties), ...actions, ...properties } },
      ]),
    ),
  };
}

const alarmType = 'AWS::CloudWatch::Alarm';

/** Statistic and period of an alarm on an expression belong to its metrics. */
function defaultsOf({ Metrics }: AlarmProperties): AlarmProperties {
  return {
    ...(Metrics === undefined && { Statistic: 'Maximum', Period: 60 }),
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  };
}

/** Equal for alarms on the same metric. */
function metricKey({ Namespace, MetricName, Dimensions, Metrics }: AlarmProperties = {}): string {
  return JSON.stringify([Namespace, MetricName, Dimensions, Metrics]);
}
