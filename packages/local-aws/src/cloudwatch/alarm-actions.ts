import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { QueryOutput } from '../core/query-protocol.ts';
import { tagMap } from '../core/tags.ts';
import type { AlarmControl } from './alarm-control.ts';
import type { AlarmMonitor } from './alarm-monitor.ts';
import { alarmStates } from './alarm-rule.ts';
import { alarmNameSchema, putCompositeAlarmSchema, putMetricAlarmSchema } from './alarm-settings.ts';
import type { Alarm, AlarmStore } from './alarm-store.ts';
import {
  action,
  decodeNameToken,
  dimensionsSchema,
  encodeNameToken,
  page,
  unitSchema,
  wire,
} from './cloudwatch-input.ts';
import type { CloudWatchAction } from './cloudwatch-protocols.ts';
import { metricError } from './metric-error.ts';
import { metricKey } from './metric-store.ts';
import { simpleStatisticNames } from './statistic.ts';

const alarmTypes = ['MetricAlarm', 'CompositeAlarm'] as const;
const pageShape = {
  MaxRecords: wire
    .positive()
    .refine((size) => size <= 100, 'at most 100')
    .optional(),
  NextToken: z.string().optional(),
};
const namesSchema = z.strictObject({ AlarmNames: wire.list(alarmNameSchema) });

const describeSchema = z.strictObject({
  AlarmNames: wire.list(alarmNameSchema).optional(),
  AlarmNamePrefix: z.string().min(1).optional(),
  AlarmTypes: wire.list(z.enum(alarmTypes)).optional(),
  StateValue: z.enum(alarmStates).optional(),
  ActionPrefix: z.string().optional(),
  ...pageShape,
});
const forMetricSchema = z.strictObject({
  MetricName: z.string(),
  Namespace: z.string(),
  Statistic: z.enum(simpleStatisticNames).optional(),
  ExtendedStatistic: z.string().optional(),
  Dimensions: dimensionsSchema.optional(),
  Period: wire.positive().optional(),
  Unit: unitSchema.optional(),
});
const historySchema = z.strictObject({
  AlarmName: alarmNameSchema.optional(),
  AlarmTypes: wire.list(z.enum(alarmTypes)).optional(),
  HistoryItemType: z.enum(['ConfigurationUpdate', 'StateUpdate', 'Action']).optional(),
  StartDate: wire.timestamp().optional(),
  EndDate: wire.timestamp().optional(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).optional(),
  ...pageShape,
});
const setStateSchema = z.strictObject({
  AlarmName: alarmNameSchema,
  StateValue: z.string(),
  StateReason: z.string().max(1023),
  StateReasonData: z.string().max(4000).optional(),
});

export function alarmActions(
  alarms: AlarmStore,
  monitor: AlarmMonitor,
  control: AlarmControl,
): Record<string, CloudWatchAction> {
  const enableActions = (enabled: boolean) =>
    action(namesSchema, ({ AlarmNames }) => {
      for (const name of AlarmNames) {
        const alarm = alarms.get(name);
        if (alarm !== undefined) alarms.put(withActions(alarm, enabled));
      }
      return {};
    });

  return {
    PutMetricAlarm: action(putMetricAlarmSchema, ({ Tags = [], ...settings }) => {
      control.putMetricAlarm(settings, new Map(Object.entries(tagMap(Tags))));
      return {};
    }),

    PutCompositeAlarm: action(putCompositeAlarmSchema, ({ Tags = [], ...settings }) => {
      control.putCompositeAlarm(settings, new Map(Object.entries(tagMap(Tags))));
      return {};
    }),

    DeleteAlarms: action(namesSchema, ({ AlarmNames }) => {
      const unknown = AlarmNames.filter((name) => alarms.get(name) === undefined);
      if (unknown.length > 0) throw new AwsError('ResourceNotFound', `Unknown alarms: ${unknown.join(', ')}`, 404);
      control.deleteAlarms(AlarmNames);
      return {};
    }),

    DescribeAlarms: action(describeSchema, (input) => {
      const {
        AlarmNames,
        AlarmNamePrefix,
        AlarmTypes = ['MetricAlarm'],
        StateValue,
        ActionPrefix,
        MaxRecords = 50,
      } = input;
      if (AlarmNames !== undefined && AlarmNamePrefix !== undefined) {
        throw metricError.combination('AlarmNames and AlarmNamePrefix must not be used together.');
      }
      const accepts = ({ kind, status, settings }: Alarm): boolean =>
        AlarmTypes.includes(kind) &&
        (StateValue === undefined || status.value === StateValue) &&
        (ActionPrefix === undefined || actionsOf(settings).some((arn) => arn.startsWith(ActionPrefix)));
      const query = { prefix: AlarmNamePrefix, after: decodeNameToken(input.NextToken), size: MaxRecords, accepts };
      const { items, last } = AlarmNames === undefined ? alarms.page(query) : alarms.pageOf(AlarmNames, query);
      return {
        MetricAlarms: items.filter(({ kind }) => kind === 'MetricAlarm').map(describeAlarm),
        CompositeAlarms: items.filter(({ kind }) => kind === 'CompositeAlarm').map(describeAlarm),
        NextToken: encodeNameToken(last),
      };
    }),

    DescribeAlarmsForMetric: action(forMetricSchema, ({ Namespace, MetricName, Dimensions = [], ...wanted }) => {
      const key = metricKey({ Namespace, MetricName, Dimensions });
      const matching = alarms
        .watching(key)
        .filter(
          ({ settings }) =>
            settings.MetricName === MetricName &&
            (wanted.Statistic === undefined || settings.Statistic === wanted.Statistic) &&
            (wanted.ExtendedStatistic === undefined || settings.ExtendedStatistic === wanted.ExtendedStatistic) &&
            (wanted.Period === undefined || settings.Period === wanted.Period) &&
            (wanted.Unit === undefined || settings.Unit === wanted.Unit),
        );
      return { MetricAlarms: matching.map(describeAlarm) };
    }),

    DescribeAlarmHistory: action(historySchema, (input) => {
      const {
        AlarmName,
        AlarmTypes = alarmTypes,
        HistoryItemType,
        StartDate,
        EndDate,
        ScanBy,
        MaxRecords = 50,
      } = input;
      const matching = alarms
        .history()
        .filter((item) => AlarmName === undefined || item.alarmName === AlarmName)
        .filter((item) => AlarmTypes.includes(item.alarmType))
        .filter((item) => HistoryItemType === undefined || item.type === HistoryItemType)
        .filter(
          (item) => item.timestamp >= (StartDate ?? 0) && item.timestamp <= (EndDate ?? Number.POSITIVE_INFINITY),
        );
      const ordered = ScanBy === 'TimestampAscending' ? matching : matching.toReversed();
      const { items, next } = page(ordered, input.NextToken, MaxRecords);
      return {
        AlarmHistoryItems: items.map(({ alarmName, alarmType, timestamp, type, summary, data }) => ({
          AlarmName: alarmName,
          AlarmType: alarmType,
          Timestamp: new Date(timestamp),
          HistoryItemType: type,
          HistorySummary: summary,
          HistoryData: data,
        })),
        NextToken: next,
      };
    }),

    /** Lasts until the next evaluation, like on CloudWatch. */
    SetAlarmState: action(setStateSchema, ({ AlarmName, StateValue, StateReason, StateReasonData }) => {
      const value = alarmStates.find((state) => state === StateValue);
      if (value === undefined) {
        throw metricError.validation(
          `1 validation error detected: Value '${StateValue}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]`,
        );
      }
      const alarm = alarms.get(AlarmName);
      // CloudWatch does not name it.
      if (alarm === undefined) throw new AwsError('ResourceNotFound', '', 404);
      if (StateReasonData !== undefined && !isJson(StateReasonData)) {
        throw new AwsError('InvalidFormatFault', 'StateReasonData must be valid JSON.');
      }
      monitor.setState(alarm, { value, reason: StateReason, reasonData: StateReasonData });
      return {};
    }),

    EnableAlarmActions: enableActions(true),
    DisableAlarmActions: enableActions(false),
  };
}

function actionsOf({ OKActions = [], AlarmActions = [], InsufficientDataActions = [] }: Alarm['settings']): string[] {
  return [...OKActions, ...AlarmActions, ...InsufficientDataActions];
}

function describeAlarm({ arn, settings, status }: Alarm): QueryOutput {
  const output: QueryOutput = JSON.parse(JSON.stringify(settings));
  return {
    ...output,
    AlarmArn: arn,
    ActionsEnabled: settings.ActionsEnabled ?? true,
    OKActions: settings.OKActions ?? [],
    AlarmActions: settings.AlarmActions ?? [],
    InsufficientDataActions: settings.InsufficientDataActions ?? [],
    ...('AlarmRule' in settings
      ? {}
      : { Dimensions: (settings.Dimensions ?? []).map((dimension) => ({ ...dimension })) }),
    AlarmConfigurationUpdatedTimestamp: new Date(status.configured),
    StateValue: status.value,
    StateReason: status.reason,
    StateReasonData: status.reasonData,
    StateUpdatedTimestamp: new Date(status.updated),
    StateTransitionedTimestamp: new Date(status.transitioned),
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function withActions<A extends Alarm>(alarm: A, ActionsEnabled: boolean): A {
  return { ...alarm, settings: { ...alarm.settings, ActionsEnabled } };
}
