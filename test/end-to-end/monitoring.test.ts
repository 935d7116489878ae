import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
import { parse } from 'yaml';
import * as z from 'zod';
import { stackOutputs } from '#test/support/stack-outputs.ts';
import { readProject } from '#tools/dev/project.ts';
import { exerciseServices } from './exercise-services.ts';

const serviceFile = z.object({ functions: z.record(z.string(), z.unknown()).default({}) });

/** The functions in the files of all services. */
function functionsOfProject(): readonly string[] {
  return readProject('.').flatMap(({ name, path }) => {
    const file = parse(readFileSync(join(path, 'serverless.yml'), 'utf8'), { logLevel: 'silent' });
    return Object.keys(serviceFile.parse(file).functions).map((each) => `${name}-local-${each}`);
  });
}

const keyOf = ({ Namespace, MetricName, Dimensions = [] }: Metric) =>
  [Namespace, MetricName, ...Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort()].join(' ');

/** The metrics that an alarm is on, of which an expression has several. */
const metricsOf = (alarm: MetricAlarm): readonly Metric[] =>
  alarm.Metrics === undefined || alarm.Metrics.length === 0
    ? [alarm]
    : alarm.Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);

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
    expect(functions).toStrictEqual(expect.arrayContaining([...functionsOfProject()]));
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

  it('has a section of the runbook for every alarm', () => {
    const sections = [...readFileSync(join('docs', 'runbook.md'), 'utf8').matchAll(/^## `…?(\w+)`/gm)];
    const endings = sections.map(([, ending = '']) => ending);
    const logicalIds = alarms.map(({ AlarmName = '' }) => AlarmName.split('-').at(-2) ?? '');
    expect(logicalIds.filter((id) => !endings.some((ending) => id.endsWith(ending)))).toStrictEqual([]);
    expect(endings.filter((ending) => !logicalIds.some((id) => id.endsWith(ending)))).toStrictEqual([]);
  });

  it('watches metrics of queues and APIs that are there', async () => {
    const watched = alarms.flatMap((alarm) =>
      metricsOf(alarm)
        .filter(({ Namespace }) => Namespace === 'AWS/SQS' || Namespace === 'AWS/ApiGateway')
        .map((metric) => ({ ...metric, AlarmName: alarm.AlarmName })),
    );
    expect(watched.length).toBeGreaterThan(10);
    await exerciseServices();
    const missing = async (namespace: string): Promise<readonly (string | undefined)[]> => {
      const known = new Set<string>();
      for await (const { Metrics = [] } of paginateListMetrics({ client: cloudWatch() }, {})) {
        for (const metric of Metrics) known.add(keyOf(metric));
      }
      return watched
        .filter((alarm) => alarm.Namespace === namespace && !known.has(keyOf(alarm)))
        .map(({ AlarmName }) => AlarmName);
    };
    // An API has its metrics from its first request on; queues are sampled each minute.
    for (const [namespace, patienceMs] of [
      ['AWS/ApiGateway', 5000],
      ['AWS/SQS', 90_000],
    ] as const) {
      const isComplete = async () => (await missing(namespace)).length === 0;
      await until(namespace, isComplete, patienceMs).catch(() => undefined);
      expect(await missing(namespace)).toStrictEqual([]);
    }
  });

  it('has one dashboard', async () => {
    const DashboardName = 'microservices-local';
    const { DashboardBody = '' } = await cloudWatch().send(new GetDashboardCommand({ DashboardName }));
    const { widgets } = z.object({ widgets: z.array(z.unknown()) }).parse(JSON.parse(DashboardBody));
    expect(widgets.length).toBeGreaterThan(5);
  });
});
