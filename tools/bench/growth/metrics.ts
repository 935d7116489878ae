import type { AwsCaller } from '../aws-call.ts';
import { type Area, times } from './area.ts';

const service = 'GraniteServiceVersion20100801';
const minute = 60_000;
const seconds = (milliseconds: number): number => milliseconds / 1000;
const alarm = (name: string, metric = name) => ({
  AlarmName: name,
  Namespace: 'Bench',
  MetricName: metric,
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1e9,
  ComparisonOperator: 'GreaterThanThreshold',
});

export const metrics: Area = {
  name: '100,000 metric values in 50,000 metrics, 10,000 alarms',
  async prepare(aws) {
    await put(aws, 'Bench', [{ MetricName: 'used', Value: 1 }]);
    await aws.json(`${service}.PutMetricAlarm`, alarm('used'));
  },
  async fill(aws) {
    const now = Date.now();
    const history = Array.from({ length: 1_440 }, (_, age) => ({
      MetricName: 'used',
      Value: age,
      Timestamp: seconds(now - age * minute),
    }));
    for (const half of [history.slice(0, 720), history.slice(720)]) await put(aws, 'Bench', half);
    await times(100, (batch) =>
      put(
        aws,
        'Filler',
        Array.from({ length: 1_000 }, (_, index) => ({
          MetricName: `metric-${(batch * 1_000 + index) % 50_000}`,
          Value: index,
          Timestamp: seconds(now - (batch < 50 ? 0 : 5 * minute)),
        })),
      ),
    );
    await put(aws, 'Bench', history.slice(0, 720));
    await times(10_000, (index) => aws.json(`${service}.PutMetricAlarm`, alarm(`alarm-${index}`)));
  },
  operations: {
    PutMetricData: (aws, index) => put(aws, 'Bench', [{ MetricName: 'used', Value: index }]),
    'PutMetricData of a new metric': (aws, index) => put(aws, 'New', [{ MetricName: `new-${index}`, Value: 1 }]),
    'GetMetricStatistics of five minutes': (aws) =>
      aws.json(`${service}.GetMetricStatistics`, {
        Namespace: 'Bench',
        MetricName: 'used',
        ...lastMinutes(),
        Period: 60,
        Statistics: ['Average'],
      }),
    'GetMetricData of five minutes': (aws) =>
      aws.json(`${service}.GetMetricData`, {
        ...lastMinutes(),
        MetricDataQueries: [
          {
            Id: 'used',
            MetricStat: { Metric: { Namespace: 'Bench', MetricName: 'used' }, Period: 60, Stat: 'Average' },
          },
        ],
      }),
    'ListMetrics of a namespace': (aws) => aws.json(`${service}.ListMetrics`, { Namespace: 'Bench' }),
    PutMetricAlarm: (aws) => aws.json(`${service}.PutMetricAlarm`, alarm('used')),
    'DescribeAlarms of one': (aws) => aws.json(`${service}.DescribeAlarms`, { AlarmNames: ['used'] }),
    SetAlarmState: (aws, index) =>
      aws.json(`${service}.SetAlarmState`, {
        AlarmName: 'used',
        StateValue: index % 2 === 0 ? 'OK' : 'INSUFFICIENT_DATA',
        StateReason: 'bench',
      }),
  },
};

function put(aws: AwsCaller, Namespace: string, MetricData: readonly object[]): Promise<object> {
  return aws.json(`${service}.PutMetricData`, { Namespace, MetricData });
}

function lastMinutes(): object {
  return { StartTime: seconds(Date.now() - 5 * minute), EndTime: seconds(Date.now()) };
}
