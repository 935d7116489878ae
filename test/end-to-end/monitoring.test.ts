import {
  CloudWatchClient,
  GetDashboardCommand,
  type Metric,
  type MetricAlarm,
  paginateDescribeAlarms,
  paginateListMetrics,
} from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeMetricFiltersCommand } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { until, useEndpoint } from 'local-aws/testing';
import * as z from 'zod';
import { stackOutputs } from '#test/support/stack-outputs.ts';
import { exerciseServices } from './exercise-services.ts';

const keyOf = ({ Namespace, MetricName, Dimensions = [] }: Metric) =>
  [Namespace, MetricName, ...Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort()].join(' ');

const aws = useEndpoint();

describe('monitoring', () => {
  const cloudWatch = () => aws.client(CloudWatchClient);
  const logs = () => aws.client(CloudWatchLogsClient);
  const lambda = () => aws.client(LambdaClient);
  const alarms: MetricAlarm[] = [];
  let platform: ReadonlyMap<string, string>;
  beforeAll(async () => {
    platform = await stackOutputs('platform-local');
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client: cloudWatch() }, {})) {
      alarms.push(...MetricAlarms);
    }
  });

  it('filters the log of every function of every service for errors', async () => {
    const functions: string[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: lambda() }, {})) {
      functions.push(...Functions.flatMap(({ FunctionName }) => FunctionName ?? []));
    }
    const services = new Set(functions.map((name) => name.replace(/-local-.*/, '')));
    expect(services.size).toBeGreaterThanOrEqual(7);
    for (const name of functions) {
      const input = { logGroupName: `/aws/lambda/${name}` };
      const { metricFilters } = await logs().send(new DescribeMetricFiltersCommand(input));
      const metrics = metricFilters?.flatMap(({ metricTransformations = [] }) => metricTransformations);
      expect({ name, metrics }).toStrictEqual({ name, metrics: [expect.anything()] });
      const watching = alarms.filter(({ MetricName }) => MetricName === metrics?.[0]?.metricName);
      expect({ name, watching }).toStrictEqual({ name, watching: [expect.anything()] });
    }
  });

  it('sends every alarm to the monitoring topic', () => {
    expect(alarms.length).toBeGreaterThan(50);
    for (const { AlarmName, AlarmActions, OKActions } of alarms) {
      const actions = [platform.get('MonitoringTopicArn')];
      expect({ AlarmName, AlarmActions, OKActions }).toStrictEqual({
        AlarmName,
        AlarmActions: actions,
        OKActions: actions,
      });
    }
  });

  it('watches metrics of queues and APIs that are there', async () => {
    const watched = alarms.filter(({ Namespace }) => Namespace === 'AWS/SQS' || Namespace === 'AWS/ApiGateway');
    expect(watched.length).toBeGreaterThan(10);
    await exerciseServices();
    // Queues are sampled each minute.
    await until(
      'all metrics',
      async () => {
        const known = new Set<string>();
        for await (const { Metrics = [] } of paginateListMetrics({ client: cloudWatch() }, {})) {
          for (const metric of Metrics) known.add(keyOf(metric));
        }
        return watched.every((alarm) => known.has(keyOf(alarm))) ? true : undefined;
      },
      90_000,
    );
  });

  it('has one dashboard', async () => {
    const DashboardName = 'microservices-local';
    const { DashboardBody = '' } = await cloudWatch().send(new GetDashboardCommand({ DashboardName }));
    const { widgets } = z.object({ widgets: z.array(z.unknown()) }).parse(JSON.parse(DashboardBody));
    expect(widgets.length).toBeGreaterThan(5);
  });
});
