import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCloudWatch } from './cloudwatch.fixture.ts';

// What AWS answered when LocalStack recorded it: tests/aws/services/cloudwatch/test_cloudwatch.snapshot.json of its
// repository. The names of its tests stand at the expectations. The SDK for JavaScript names two things differently:
// ValidationError is its ValidationException, and an error without a message has the message UnknownError.
test('CloudWatch answers as it was recorded on AWS', async (t) => {
  await using fixture = await startCloudWatch();
  const { client, clock } = fixture;
  const put = (datum: object) => () =>
    client.putMetricData({ Namespace: 'n', MetricData: [{ MetricName: 'm', ...datum }] });
  const StatisticValues = { SampleCount: 1, Sum: 1, Minimum: 1, Maximum: 1 };
  const now = new Date(clock.now());
  const statistics = { Namespace: 'n', MetricName: 'm', Statistics: ['Sum' as const] };

  const refusals: readonly [source: string, call: () => Promise<unknown>, name: string, message: string][] = [
    [
      'test_put_metric_data_validation',
      put({ Value: 1, Values: [1] }),
      'InvalidParameterCombinationException',
      'The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.',
    ],
    [
      'test_put_metric_data_validation',
      put({ Values: [1, 2], Counts: [1] }),
      'InvalidParameterValueException',
      'The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.',
    ],
    [
      'test_put_metric_data_validation',
      put({ Value: 1, StatisticValues }),
      'InvalidParameterCombinationException',
      'The parameters MetricData.member.1.Value and MetricData.member.1.StatisticValues are mutually exclusive and you have specified both.',
    ],
    [
      'test_invalid_dashboard_name',
      () => client.putDashboard({ DashboardName: 'a b', DashboardBody: '{"widgets":[]}' }),
      'InvalidParameterValueException',
      'The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n',
    ],
    [
      'test_invalid_amount_of_datapoints',
      () =>
        client.getMetricStatistics({
          ...statistics,
          StartTime: new Date(clock.now() - 86_400_000),
          EndTime: now,
          Period: 1,
        }),
      'InvalidParameterCombinationException',
      'You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
    ],
    [
      'test_invalid_amount_of_datapoints',
      () => client.getMetricStatistics({ ...statistics, StartTime: now, EndTime: now, Period: 60 }),
      'InvalidParameterValueException',
      'The parameter StartTime must be less than the parameter EndTime.',
    ],
    [
      'test_set_alarm_invalid_input',
      () => client.setAlarmState({ AlarmName: 'a', StateValue: 'INVALID' as 'OK', StateReason: 'x' }),
      'ValidationException',
      "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
    ],
    [
      'test_set_alarm_invalid_input',
      () => client.setAlarmState({ AlarmName: 'no', StateValue: 'OK', StateReason: 'x' }),
      'ResourceNotFound',
      'UnknownError',
    ],
  ];
  for (const [source, call, name, message] of refusals) {
    await t.test(`${source}: ${message}`.slice(0, 120), () =>
      assert.rejects(call(), (error: Error) => {
        assert.deepEqual([error.name, error.message], [name, message]);
        return true;
      }),
    );
  }

  await t.test('test_describe_minimal_metric_alarm', async () => {
    await client.putMetricAlarm({
      AlarmName: 'minimal',
      MetricName: 'm',
      Namespace: 'n',
      EvaluationPeriods: 1,
      Period: 10,
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 30,
    });
    const { MetricAlarms, CompositeAlarms } = await client.describeAlarms({ AlarmNames: ['minimal'] });
    assert.deepEqual(CompositeAlarms, []);
    const [alarm] = MetricAlarms ?? [];
    assert.deepEqual(Object.keys(alarm ?? {}).sort(), [
      'ActionsEnabled',
      'AlarmActions',
      'AlarmArn',
      'AlarmConfigurationUpdatedTimestamp',
      'AlarmName',
      'ComparisonOperator',
      'Dimensions',
      'EvaluationPeriods',
      'InsufficientDataActions',
      'MetricName',
      'Namespace',
      'OKActions',
      'Period',
      'StateReason',
      'StateTransitionedTimestamp',
      'StateUpdatedTimestamp',
      'StateValue',
      'Statistic',
      'Threshold',
    ]);
    assert.deepEqual(
      [alarm?.StateValue, alarm?.StateReason],
      ['INSUFFICIENT_DATA', 'Unchecked: Initial alarm creation'],
    );
  });
});
