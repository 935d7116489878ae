import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
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
import * as z from 'zod';
import { awsConfig } from '#test/support/aws-config.ts';
import { stackOutputs } from '#test/support/stack-outputs.ts';
import { until } from '#test/support/until.ts';
import { exerciseServices } from './exercise-services.ts';

const keyOf = ({ Namespace, MetricName, Dimensions = [] }: Metric) =>
  [Namespace, MetricName, ...Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort()].join(' ');

describe('monitoring', () => {
  const cloudWatch = new CloudWatchClient(awsConfig());
  const logs = new CloudWatchLogsClient(awsConfig());
  const lambda = new LambdaClient(awsConfig());
  const alarms: MetricAlarm[] = [];
  let platform: ReadonlyMap<string, string>;
  before(async () => {
    platform = await stackOutputs('platform-local');
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client: cloudWatch }, {})) {
      alarms.push(...MetricAlarms);
    }
  });
  after(() => {
    for (const sdk of [cloudWatch, logs, lambda]) sdk.destroy();
  });

  it('filters the log of every function of every service for errors', async () => {
    const functions: string[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
      functions.push(...Functions.flatMap(({ FunctionName }) => FunctionName ?? []));
    }
    const services = new Set(functions.map((name) => name.replace(/-local-.*/, '')));
    assert.ok(services.size >= 7, [...services].join(', '));
    for (const name of functions) {
      const input = { logGroupName: `/aws/lambda/${name}` };
      const { metricFilters } = await logs.send(new DescribeMetricFiltersCommand(input));
      const metrics = metricFilters?.flatMap(({ metricTransformations = [] }) => metricTransformations);
      assert.equal(metrics?.length, 1, name);
      const watching = alarms.filter(({ MetricName }) => MetricName === metrics?.[0]?.metricName);
      assert.equal(watching.length, 1, name);
    }
  });

  it('sends every alarm to the monitoring topic', () => {
    assert.ok(alarms.length > 50, String(alarms.length));
    for (const { AlarmName, AlarmActions, OKActions } of alarms) {
      assert.deepEqual(AlarmActions, [platform.get('MonitoringTopicArn')], AlarmName);
      assert.deepEqual(OKActions, AlarmActions, AlarmName);
    }
  });

  it('watches metrics of queues and APIs that are there', async () => {
    const watched = alarms.filter(({ Namespace }) => Namespace === 'AWS/SQS' || Namespace === 'AWS/ApiGateway');
    assert.ok(watched.length > 10, String(watched.length));
    await exerciseServices();
    // Queues are sampled each minute.
    await until(
      'all metrics',
      async () => {
        const known = new Set<string>();
        for await (const { Metrics = [] } of paginateListMetrics({ client: cloudWatch }, {})) {
          for (const metric of Metrics) known.add(keyOf(metric));
        }
        return watched.every((alarm) => known.has(keyOf(alarm))) ? true : undefined;
      },
      90_000,
    );
  });

  it('has one dashboard', async () => {
    const DashboardName = platform.get('DashboardName');
    const { DashboardBody = '' } = await cloudWatch.send(new GetDashboardCommand({ DashboardName }));
    const { widgets } = z.object({ widgets: z.array(z.unknown()) }).parse(JSON.parse(DashboardBody));
    assert.ok(widgets.length > 5);
  });
});
