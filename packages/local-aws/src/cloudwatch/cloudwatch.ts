import type { AwsApi } from '../core/aws-api.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import type { LogGroups, LogSink } from '../core/log-sink.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { alarmActions } from './alarm-actions.ts';
import { alarmControl } from './alarm-control.ts';
import { AlarmMonitor, type Notify } from './alarm-monitor.ts';
import type { AlarmState } from './alarm-rule.ts';
import { AlarmStore } from './alarm-store.ts';
import { cloudwatchApi } from './cloudwatch-protocols.ts';
import { cloudwatchResources } from './cloudwatch-resources.ts';
import { Dashboards, dashboardActions } from './dashboards.ts';
import { readEmbeddedMetrics } from './embedded-metrics.ts';
import { metricFilterActions } from './metric-filter-actions.ts';
import { MetricFilterStore } from './metric-filter-store.ts';
import { MetricStore } from './metric-store.ts';
import { isStorableTime, putMetricData } from './put-metric-data.ts';
import { readActions } from './read-metrics.ts';
import { tagActions } from './tag-actions.ts';

export type CloudWatchOptions = {
  readonly clock: Clock;
  readonly state: StateStore;
  /** Metric filters and embedded metrics are read from what is appended here. */
  readonly logs: LogSink;
  /** What metric filters are of, and go with. */
  readonly logGroups: LogGroups;
  /** Publishes to an SNS topic in the name of an alarm. */
  readonly notify: Notify;
  readonly region: string;
  /** One store for all regions; by default a store of its own. */
  readonly dashboards?: Dashboards;
};

/**
 * Puts one sample of a metric, in milliseconds since the epoch; now without a timestamp.
 * @param unit a CloudWatch unit such as `Count` or `Milliseconds`
 */
export type PutMetric = (
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
  value: number,
  unit: string,
  timestamp?: number,
) => void;

export type CloudWatch = {
  /** Serves the SigV4 service `monitoring`. */
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  /** For the Logs API: PutMetricFilter and its like, and how many filters a group has. */
  readonly metricFilters: {
    readonly actions: Readonly<Record<string, JsonAction>>;
    countOf(group: string): number;
  };
  readonly putMetric: PutMetric;
  /** The state of an alarm; undefined when there is none of this name. */
  alarmState(name: string): AlarmState | undefined;
  /** Calls `listener` with the name of every alarm that goes into the state ALARM. @returns ends that */
  onAlarm(listener: (name: string) => void): () => void;
  /** Forgets all samples, the states of alarms and their history. */
  reset(): void;
  close(): void;
};

/** Metrics, alarms, dashboards and metric filters. Metrics live in memory; alarms, dashboards and filters are kept. */
export function createCloudWatch(options: CloudWatchOptions): CloudWatch {
  const { clock, state, logs, logGroups, notify, region, dashboards = new Dashboards(clock, state) } = options;
  const metrics = new MetricStore(clock);
  const filters = new MetricFilterStore(clock, state, logGroups);
  const alarms = new AlarmStore(state, region);
  const monitor = new AlarmMonitor({ clock, metrics, alarms, notify, region });
  const control = alarmControl(clock, alarms, monitor);

  logs.onAppend((group, _stream, events) => {
    const samples = [...filters.read(group, events), ...events.flatMap(({ message }) => readEmbeddedMetrics(message))];
    for (const sample of samples) if (isStorableTime(sample.timestamp, clock.now())) metrics.put(sample);
  });

  return {
    api: cloudwatchApi({
      PutMetricData: putMetricData(clock, metrics),
      ...readActions(clock, metrics),
      ...alarmActions(alarms, monitor, control),
      ...dashboardActions(dashboards),
      ...tagActions(alarms),
    }),
    resourceTypes: cloudwatchResources({ alarms: control, dashboards, filters }),
    metricFilters: { actions: metricFilterActions(filters), countOf: (group) => filters.countOf(group) },
    putMetric: (namespace, name, dimensions, value, unit, timestamp = clock.now()) =>
      metrics.put({
        metric: {
          Namespace: namespace,
          MetricName: name,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        },
        unit,
        timestamp,
        add: (aggregate) => aggregate.add(value),
      }),
    alarmState: (name) => alarms.get(name)?.status.value,
    onAlarm: (listener) => monitor.onAlarm(listener),
    reset() {
      metrics.reset();
      monitor.reset();
    },
    close: () => monitor.close(),
  };
}
