import { parseArn } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import type { AlarmMonitor } from './alarm-monitor.ts';
import type { CompositeSettings, MetricSettings } from './alarm-settings.ts';
import {
  type Alarm,
  type AlarmStatus,
  type AlarmStore,
  type CompositeAlarm,
  initialStatus,
  type MetricAlarm,
} from './alarm-store.ts';
import { metricError } from './metric-error.ts';

/** What the alarms of the API and of CloudFormation are made with. */
export type AlarmControl = {
  putMetricAlarm(settings: MetricSettings, tags?: ReadonlyMap<string, string>): MetricAlarm;
  putCompositeAlarm(settings: CompositeSettings, tags?: ReadonlyMap<string, string>): CompositeAlarm;
  /** Unknown names are passed over. @throws AwsError when a composite alarm that stays needs one of them */
  deleteAlarms(names: readonly string[]): void;
};

export function alarmControl(clock: Clock, alarms: AlarmStore, monitor: AlarmMonitor): AlarmControl {
  /** An update keeps state and tags, as it does on CloudWatch. */
  function put<A extends Alarm>(
    name: string,
    tags: ReadonlyMap<string, string>,
    make: (status: AlarmStatus, tags: Map<string, string>) => A,
  ): A {
    const now = clock.now();
    const existing = alarms.get(name);
    const alarm = make(
      { ...(existing?.status ?? initialStatus(now)), configured: now },
      existing?.tags ?? new Map(tags),
    );
    if (existing !== undefined && existing.kind !== alarm.kind) {
      throw metricError.validation(`An alarm of another type is already called ${name}.`);
    }
    checkActions(alarm);
    alarms.put(alarm);
    recordConfiguration(alarm, existing === undefined ? 'Create' : 'Update');
    monitor.alarmsChanged([name]);
    return alarm;
  }

  function recordConfiguration(alarm: Alarm, type: 'Create' | 'Update' | 'Delete'): void {
    alarms.record({
      alarmName: alarm.name,
      alarmType: alarm.kind,
      timestamp: clock.now(),
      type: 'ConfigurationUpdate',
      summary: `Alarm "${alarm.name}" ${type.toLowerCase()}d`,
      data: JSON.stringify({
        version: '1.0',
        type,
        [`${type.toLowerCase()}dAlarm`]: { ...alarm.settings, alarmArn: alarm.arn },
      }),
    });
  }

  function checkChildren(composite: CompositeAlarm): void {
    for (const child of composite.rule.children) {
      if (alarms.get(child) === undefined) {
        throw metricError.validation(
          `Could not save the composite alarm as alarm ${child} in the alarm rule does not exist.`,
        );
      }
      if (dependsOn(child, composite.name, new Set())) {
        throw metricError.validation(`The alarm rule of ${composite.name} leads back to itself.`);
      }
    }
  }

  function dependsOn(name: string, target: string, seen: Set<string>): boolean {
    if (name === target) return true;
    if (seen.has(name)) return false;
    seen.add(name);
    const alarm = alarms.get(name);
    return alarm?.kind === 'CompositeAlarm' && alarm.rule.children.some((child) => dependsOn(child, target, seen));
  }

  return {
    putMetricAlarm: (settings, tags = new Map()) =>
      put(settings.AlarmName, tags, (status, labels) => alarms.metricAlarm(settings, status, labels)),
    putCompositeAlarm: (settings, tags = new Map()) =>
      put(settings.AlarmName, tags, (status, labels) => {
        const composite = alarms.compositeAlarm(settings, status, labels);
        checkChildren(composite);
        return composite;
      }),
    deleteAlarms(names) {
      for (const child of names) {
        const parent = alarms.parentsOf(child).find(({ name }) => !names.includes(name));
        if (parent !== undefined) {
          throw metricError.validation(
            `Cannot delete ${child} as there are composite alarm(s) depending on it: ${parent.name}.`,
          );
        }
      }
      for (const name of names) {
        const alarm = alarms.get(name);
        if (alarm === undefined) continue;
        alarms.delete(name);
        recordConfiguration(alarm, 'Delete');
      }
      monitor.alarmsChanged(names);
    },
  };
}

/** @throws AwsError ValidationError for a topic of another region than the alarm */
function checkActions({ arn, settings }: Alarm): void {
  const { OKActions = [], AlarmActions = [], InsufficientDataActions = [] } = settings;
  const own = parseArn(arn)?.region;
  for (const action of [...OKActions, ...AlarmActions, ...InsufficientDataActions]) {
    const region = parseArn(action)?.region;
    if (region !== own) throw metricError.validation(`Invalid region ${region} specified. Only ${own} is supported.`);
  }
}
