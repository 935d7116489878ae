import * as z from 'zod';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceContext, type ResourceType } from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import type { AlarmControl } from './alarm-control.ts';
import { alarmNameSchema, compositeAlarmShape, metricAlarmShape } from './alarm-settings.ts';
import { unitSchema, wire } from './cloudwatch-input.ts';
import type { Dashboards } from './dashboards.ts';
import type { MetricFilterStore } from './metric-filter-store.ts';

const metricAlarmProperties = z.strictObject({
  AlarmName: alarmNameSchema.optional(),
  ...metricAlarmShape,
  Tags: property.tags().optional(),
});
const compositeAlarmProperties = z.strictObject({
  AlarmName: alarmNameSchema.optional(),
  ...compositeAlarmShape,
  Tags: property.tags().optional(),
});
const dashboardProperties = z.strictObject({ DashboardName: z.string().optional(), DashboardBody: z.string() });
const metricFilterProperties = z.strictObject({
  FilterName: z.string().optional(),
  FilterPattern: z.string(),
  LogGroupName: z.string(),
  MetricTransformations: z
    .array(
      z.strictObject({
        MetricName: z.string(),
        MetricNamespace: z.string(),
        MetricValue: property.string(),
        DefaultValue: wire.number().optional(),
        Dimensions: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).optional(),
        Unit: unitSchema.optional(),
      }),
    )
    .length(1),
});

export type CloudWatchParts = {
  readonly alarms: AlarmControl;
  readonly dashboards: Dashboards;
  readonly filters: MetricFilterStore;
};

export function cloudwatchResources({ alarms, dashboards, filters }: CloudWatchParts): ResourceType[] {
  const putMetricAlarm = (
    { AlarmName, Tags = [], ...settings }: z.infer<typeof metricAlarmProperties>,
    context: ResourceContext,
  ) => {
    const name = AlarmName ?? generatedName(context, 255);
    const { arn } = alarms.putMetricAlarm(
      { ...settings, AlarmName: name },
      new Map(Object.entries(resourceTags(context.tags, Tags))),
    );
    return { physicalId: name, attributes: { Arn: arn } };
  };
  const putCompositeAlarm = (
    { AlarmName, Tags = [], ...settings }: z.infer<typeof compositeAlarmProperties>,
    context: ResourceContext,
  ) => {
    const name = AlarmName ?? generatedName(context, 255);
    const { arn } = alarms.putCompositeAlarm(
      { ...settings, AlarmName: name },
      new Map(Object.entries(resourceTags(context.tags, Tags))),
    );
    return { physicalId: name, attributes: { Arn: arn } };
  };
  const putDashboard = (
    { DashboardName, DashboardBody }: z.infer<typeof dashboardProperties>,
    context: ResourceContext,
  ) => {
    const name = DashboardName ?? generatedName(context, 255);
    dashboards.put(name, DashboardBody);
    return { physicalId: name, attributes: {} };
  };
  const putMetricFilter = (properties: z.infer<typeof metricFilterProperties>, context: ResourceContext) => {
    const name = properties.FilterName ?? generatedName(context, 512);
    filters.put({
      filterName: name,
      filterPattern: properties.FilterPattern,
      logGroupName: properties.LogGroupName,
      metricTransformations: properties.MetricTransformations.map((transformation) => ({
        metricName: transformation.MetricName,
        metricNamespace: transformation.MetricNamespace,
        metricValue: transformation.MetricValue,
        defaultValue: transformation.DefaultValue,
        dimensions:
          transformation.Dimensions &&
          Object.fromEntries(transformation.Dimensions.map(({ Key, Value }) => [Key, Value])),
        unit: transformation.Unit,
      })),
    });
    return { physicalId: name, attributes: {} };
  };

  return [
    defineResource({
      type: 'AWS::CloudWatch::Alarm',
      properties: metricAlarmProperties,
      replaceOn: ['AlarmName'],
      create: putMetricAlarm,
      update: (properties, { state }, context) =>
        putMetricAlarm({ ...properties, AlarmName: state.physicalId }, context),
      delete: ({ physicalId }) => alarms.deleteAlarms([physicalId]),
    }),
    defineResource({
      type: 'AWS::CloudWatch::CompositeAlarm',
      properties: compositeAlarmProperties,
      replaceOn: ['AlarmName'],
      create: putCompositeAlarm,
      update: (properties, { state }, context) =>
        putCompositeAlarm({ ...properties, AlarmName: state.physicalId }, context),
      delete: ({ physicalId }) => alarms.deleteAlarms([physicalId]),
    }),
    defineResource({
      type: 'AWS::CloudWatch::Dashboard',
      properties: dashboardProperties,
      replaceOn: ['DashboardName'],
      create: putDashboard,
      update: (properties, { state }, context) =>
        putDashboard({ ...properties, DashboardName: state.physicalId }, context),
      delete: ({ physicalId }) => dashboards.delete([physicalId]),
    }),
    defineResource({
      type: 'AWS::Logs::MetricFilter',
      properties: metricFilterProperties,
      replaceOn: ['FilterName', 'LogGroupName'],
      create: putMetricFilter,
      update: (properties, { state }, context) =>
        putMetricFilter({ ...properties, FilterName: state.physicalId }, context),
      delete: ({ physicalId }, { LogGroupName }) => void filters.delete(LogGroupName, physicalId),
    }),
  ];
}
