import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { openStateStore } from '../state/sqlite-state-store.ts';
import { type CloudWatchFixture, startCloudWatch, topicArn } from './cloudwatch.fixture.ts';

const minute = 60_000;

const errorAlarm = {
  AlarmName: 'orders-errors',
  AlarmDescription: 'Errors in the log of orders',
  Namespace: 'Shop',
  MetricName: 'Errors',
  Dimensions: [{ Name: 'Service', Value: 'orders' }],
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
  AlarmActions: [topicArn],
  OKActions: [topicArn],
} satisfies PutMetricAlarmCommandInput;

const putErrors = (aws: CloudWatchFixture, value = 1): void =>
  aws.cloudwatch.putMetric('Shop', 'Errors', { Service: 'orders' }, value, 'Count');

async function describeAlarm({ client }: CloudWatchFixture, name = errorAlarm.AlarmName) {
  const { MetricAlarms = [] } = await client.describeAlarms({ AlarmNames: [name] });
  return MetricAlarms[0];
}

async function stateOf(aws: CloudWatchFixture, name?: string): Promise<string | undefined> {
  return (await describeAlarm(aws, name))?.StateValue;
}

describe('a metric alarm', () => {
  it('is evaluated again after a state that was set by hand, although its metric has no data', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm(errorAlarm);
    await aws.clock.advance(10 * minute);
    assert.equal(await stateOf(aws), 'OK');
    await aws.client.setAlarmState({ AlarmName: errorAlarm.AlarmName, StateValue: 'ALARM', StateReason: 'a test' });
    assert.equal(await stateOf(aws), 'ALARM');
    await aws.clock.advance(2 * minute);
    assert.equal(await stateOf(aws), 'OK');
  });

  it('returns when its data leaves the evaluation range, and rings again on new data', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm(errorAlarm);
    await aws.clock.advance(30 * minute);
    putErrors(aws);
    await aws.clock.advance(1_000);
    assert.equal(await stateOf(aws), 'ALARM');
    await aws.clock.advance(30 * minute);
    assert.equal(await stateOf(aws), 'OK');
    putErrors(aws);
    await aws.clock.advance(1_000);
    assert.equal(await stateOf(aws), 'ALARM');
  });

  it('starts without data', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm(errorAlarm);
    const { StateReason, StateValue, AlarmArn, ActionsEnabled, Dimensions } = (await describeAlarm(aws)) ?? {};
    assert.equal(StateValue, 'INSUFFICIENT_DATA');
    assert.equal(StateReason, 'Unchecked: Initial alarm creation');
    assert.equal(AlarmArn, 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:orders-errors');
    assert.equal(ActionsEnabled, true);
    assert.deepEqual(Dimensions, errorAlarm.Dimensions);
  });

  it('rings at once when a sum has crossed its threshold, and once only', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm(errorAlarm);
    await aws.clock.advance(minute + 10_000);
    assert.equal(await stateOf(aws), 'OK');

    putErrors(aws);
    putErrors(aws);
    await aws.clock.advance(1_000);
    assert.equal(await stateOf(aws), 'ALARM');
    await aws.clock.advance(minute);
    putErrors(aws);
    await aws.clock.advance(minute);
    assert.deepEqual(
      aws.notifications.map(({ subject }) => subject),
      ['OK: "orders-errors" in US East (N. Virginia)', 'ALARM: "orders-errors" in US East (N. Virginia)'],
    );
  });

  it('goes back to OK when the evaluation range holds no error any more', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm(errorAlarm);
    putErrors(aws);
    await aws.clock.advance(2_000);
    assert.equal(await stateOf(aws), 'ALARM');
    await aws.clock.advance(3 * minute);
    assert.equal(await stateOf(aws), 'ALARM');
    await aws.clock.advance(minute);
    const alarm = await describeAlarm(aws);
    assert.equal(alarm?.StateValue, 'OK');
    assert.equal(
      alarm?.StateReason,
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    );
  });

  it('waits for the end of a period that more data could still change', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm({ ...errorAlarm, Statistic: 'Average', Threshold: 5 });
    await aws.clock.advance(minute + 10_000);
    putErrors(aws, 10);
    await aws.clock.advance(30_000);
    assert.equal(await stateOf(aws), 'OK');
    await aws.clock.advance(30_000);
    assert.equal(await stateOf(aws), 'ALARM');
  });

  it('sends the message of CloudWatch to the topic', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm(errorAlarm);
    putErrors(aws, 3);
    await aws.clock.advance(1_000);
    const { topicArn: topic, subject, message = '' } = aws.notifications[0] ?? {};
    assert.equal(topic, topicArn);
    assert.equal(subject, 'ALARM: "orders-errors" in US East (N. Virginia)');
    assert.deepEqual(JSON.parse(message), {
      AlarmName: 'orders-errors',
      AlarmDescription: 'Errors in the log of orders',
      AWSAccountId: '000000000000',
      AlarmConfigurationUpdatedTimestamp: '2026-01-01T00:00:00.000+0000',
      NewStateValue: 'ALARM',
      NewStateReason:
        'Threshold Crossed: 1 datapoint [3.0 (01/01/26 00:00:00)] was greater than or equal to the threshold (1.0).',
      StateChangeTime: '2026-01-01T00:00:00.250+0000',
      Region: 'US East (N. Virginia)',
      AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:orders-errors',
      OldStateValue: 'INSUFFICIENT_DATA',
      OKActions: [topicArn],
      AlarmActions: [topicArn],
      InsufficientDataActions: [],
      Trigger: {
        MetricName: 'Errors',
        Namespace: 'Shop',
        StatisticType: 'Statistic',
        Statistic: 'SUM',
        Unit: null,
        Dimensions: [{ value: 'orders', name: 'Service' }],
        Period: 60,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Threshold: 1,
        TreatMissingData: 'notBreaching',
        EvaluateLowSampleCountPercentile: '',
      },
    });
  });

  it('tells M out of N in its reason and data', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm({ ...errorAlarm, EvaluationPeriods: 3, DatapointsToAlarm: 2, Threshold: 2 });
    for (const value of [5, 1, 7]) {
      putErrors(aws, value);
      await aws.clock.advance(minute);
    }
    const { StateReason, StateReasonData = '{}', StateValue } = (await describeAlarm(aws)) ?? {};
    assert.equal(StateValue, 'ALARM');
    assert.equal(
      StateReason,
      'Threshold Crossed: 2 out of the last 3 datapoints [7.0 (01/01/26 00:02:00), 5.0 (01/01/26 00:00:00)] were greater than or equal to the threshold (2.0) (minimum 2 datapoints for OK -> ALARM transition).',
    );
    const { recentDatapoints, evaluatedDatapoints, statistic, threshold } = JSON.parse(StateReasonData);
    assert.deepEqual(recentDatapoints, [5, 1, 7]);
    assert.deepEqual(evaluatedDatapoints[0], { timestamp: '2026-01-01T00:02:00.000+0000', sampleCount: 1, value: 7 });
    assert.deepEqual([statistic, threshold], ['Sum', 2]);
  });

  it('follows an expression over metrics', async () => {
    await using aws = await startCloudWatch();
    const stat = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 60, Stat: 'Sum' },
      ReturnData: false,
    });
    await aws.client.putMetricAlarm({
      AlarmName: 'rate',
      Metrics: [
        stat('errors', 'E'),
        stat('calls', 'C'),
        { Id: 'rate', Expression: '100 * errors / calls', Label: 'Error rate' },
      ],
      EvaluationPeriods: 1,
      Threshold: 10,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [topicArn],
    });
    aws.cloudwatch.putMetric('Shop', 'E', {}, 2, 'Count');
    aws.cloudwatch.putMetric('Shop', 'C', {}, 10, 'Count');
    await aws.clock.advance(30_000);
    assert.equal(await stateOf(aws, 'rate'), 'INSUFFICIENT_DATA');
    await aws.clock.advance(minute);
    assert.equal(await stateOf(aws, 'rate'), 'ALARM');
    const { Trigger } = JSON.parse(aws.notifications[0]?.message ?? '{}');
    assert.deepEqual(Trigger.Metrics[2], {
      Id: 'rate',
      Expression: '100 * errors / calls',
      Label: 'Error rate',
      ReturnData: true,
    });
    assert.deepEqual(Trigger.Metrics[0].MetricStat.Metric, { Namespace: 'Shop', MetricName: 'E', Dimensions: [] });
  });

  it('is evaluated every ten seconds with a short period', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm({
      ...errorAlarm,
      Dimensions: [],
      MetricName: 'Fast',
      Statistic: 'Average',
      Period: 10,
      TreatMissingData: 'missing',
    });
    await aws.client.putMetricData({
      Namespace: 'Shop',
      MetricData: [{ MetricName: 'Fast', Value: 9, StorageResolution: 1, Timestamp: new Date(aws.clock.now()) }],
    });
    await aws.clock.advance(9_000);
    assert.equal(await stateOf(aws), 'INSUFFICIENT_DATA');
    await aws.clock.advance(3_000);
    assert.equal(await stateOf(aws), 'ALARM');
    await aws.clock.advance(40_000);
    assert.equal(await stateOf(aws), 'INSUFFICIENT_DATA');
  });

  it('ignores missing data of DynamoDB', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm({ ...errorAlarm, Namespace: 'AWS/DynamoDB', TreatMissingData: 'breaching' });
    await aws.clock.advance(5 * minute);
    assert.equal(await stateOf(aws), 'INSUFFICIENT_DATA');
  });

  it('takes a state by hand until the next evaluation', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm(errorAlarm);
    await aws.clock.advance(2 * minute);
    await aws.client.setAlarmState({
      AlarmName: 'orders-errors',
      StateValue: 'ALARM',
      StateReason: 'testing',
      StateReasonData: '{"by":"hand"}',
    });
    assert.equal((await describeAlarm(aws))?.StateReason, 'testing');
    assert.equal(aws.notifications.at(-1)?.subject, 'ALARM: "orders-errors" in US East (N. Virginia)');
    await aws.clock.advance(minute);
    assert.equal(await stateOf(aws), 'OK');
    const set = { AlarmName: 'orders-errors', StateValue: 'OK', StateReason: 'x' } as const;
    await assert.rejects(aws.client.setAlarmState({ ...set, StateReasonData: '{' }), { name: 'InvalidFormatFault' });
    await assert.rejects(aws.client.setAlarmState({ ...set, AlarmName: 'other' }), { name: 'ResourceNotFound' });
  });

  it('keeps silent while its actions are disabled', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm(errorAlarm);
    await aws.client.disableAlarmActions({ AlarmNames: ['orders-errors'] });
    putErrors(aws);
    await aws.clock.advance(minute);
    assert.equal(await stateOf(aws), 'ALARM');
    assert.deepEqual(aws.notifications, []);
    await aws.client.enableAlarmActions({ AlarmNames: ['orders-errors'] });
    await aws.clock.advance(5 * minute);
    assert.equal(aws.notifications.length, 1);
  });

  it('keeps its history', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm({
      ...errorAlarm,
      AlarmActions: [topicArn, 'arn:aws:sns:us-east-1:000000000000:gone'],
    });
    putErrors(aws);
    await aws.clock.advance(minute);
    const { AlarmHistoryItems = [] } = await aws.client.describeAlarmHistory({
      AlarmName: 'orders-errors',
      ScanBy: 'TimestampAscending',
    });
    assert.deepEqual(
      AlarmHistoryItems.map(({ HistoryItemType, HistorySummary }) => [HistoryItemType, HistorySummary]),
      [
        ['ConfigurationUpdate', 'Alarm "orders-errors" created'],
        ['StateUpdate', 'Alarm updated from INSUFFICIENT_DATA to ALARM'],
        ['Action', `Successfully executed action ${topicArn}`],
        ['Action', 'Failed to execute action arn:aws:sns:us-east-1:000000000000:gone'],
      ],
    );
    const updates = await aws.client.describeAlarmHistory({ HistoryItemType: 'StateUpdate', MaxRecords: 1 });
    assert.equal(updates.AlarmHistoryItems?.length, 1);
  });

  it('keeps state and tags when it is changed, and is gone when it is deleted', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricAlarm({ ...errorAlarm, Tags: [{ Key: 'team', Value: 'shop' }] });
    putErrors(aws);
    await aws.clock.advance(1_000);
    await aws.client.putMetricAlarm({ ...errorAlarm, Threshold: 2 });
    const { StateValue, Threshold, AlarmArn } = (await describeAlarm(aws)) ?? {};
    assert.deepEqual([StateValue, Threshold], ['ALARM', 2]);
    await aws.client.tagResource({ ResourceARN: AlarmArn, Tags: [{ Key: 'stage', Value: 'local' }] });
    await aws.client.untagResource({ ResourceARN: AlarmArn, TagKeys: ['team'] });
    assert.deepEqual((await aws.client.listTagsForResource({ ResourceARN: AlarmArn })).Tags, [
      { Key: 'stage', Value: 'local' },
    ]);
    await aws.client.deleteAlarms({ AlarmNames: ['orders-errors'] });
    assert.equal(await describeAlarm(aws), undefined);
    await assert.rejects(aws.client.deleteAlarms({ AlarmNames: ['orders-errors'] }), { name: 'ResourceNotFound' });
  });

  it('is found by name, prefix, state and metric, page by page', async () => {
    await using aws = await startCloudWatch();
    for (const name of ['a-1', 'a-2', 'b-1']) await aws.client.putMetricAlarm({ ...errorAlarm, AlarmName: name });
    await aws.client.setAlarmState({ AlarmName: 'a-2', StateValue: 'ALARM', StateReason: 'x' });
    const names = async (input: Parameters<typeof aws.client.describeAlarms>[0]) =>
      (await aws.client.describeAlarms(input)).MetricAlarms?.map(({ AlarmName }) => AlarmName);
    assert.deepEqual(await names({ AlarmNamePrefix: 'a-' }), ['a-1', 'a-2']);
    assert.deepEqual(await names({ StateValue: 'ALARM' }), ['a-2']);
    const first = await aws.client.describeAlarms({ MaxRecords: 2 });
    assert.deepEqual(await names({ MaxRecords: 2, NextToken: first.NextToken }), ['b-1']);
    const { Namespace, MetricName, Dimensions } = errorAlarm;
    const forMetric = await aws.client.describeAlarmsForMetric({ Namespace, MetricName, Dimensions, Statistic: 'Sum' });
    assert.equal(forMetric.MetricAlarms?.length, 3);
    const other = await aws.client.describeAlarmsForMetric({ Namespace, MetricName });
    assert.deepEqual(other.MetricAlarms, []);
  });

  it('is refused by name when it asks for what does not exist here', async () => {
    await using aws = await startCloudWatch();
    const rejects = (change: Partial<PutMetricAlarmCommandInput>, message: RegExp) =>
      assert.rejects(aws.client.putMetricAlarm({ ...errorAlarm, ...change }), message, JSON.stringify(change));
    await rejects(
      { AlarmActions: ['arn:aws:automate:us-east-1:ec2:stop'] },
      /AlarmActions.0 is not valid: only SNS topics/,
    );
    await rejects({ AlarmActions: ['arn:aws:lambda:us-east-1:000000000000:function:f'] }, /only SNS topics/);
    await rejects(
      { ComparisonOperator: 'GreaterThanUpperThreshold', ThresholdMetricId: 'ad1' },
      /ComparisonOperator|ThresholdMetricId/,
    );
    await rejects({ EvaluateLowSampleCountPercentile: 'ignore' }, /EvaluateLowSampleCountPercentile/);
    await rejects({ Statistic: undefined, ExtendedStatistic: 'tm99' }, /tm99/);
    await rejects({ Statistic: undefined }, /Statistic/);
    await rejects({ Period: 61 }, /Period/);
    await rejects({ EvaluationPeriods: undefined }, /The parameter EvaluationPeriods is required/);
    await rejects({ DatapointsToAlarm: 2 }, /DatapointsToAlarm/);
    await rejects({ Period: 3600, EvaluationPeriods: 25 }, /more than a day/);
    await rejects({ Metrics: [{ Id: 'm1', Expression: '1' }] }, /Metrics must not be used together/);
    await rejects({ MetricName: undefined }, /MetricName/);
  });
});

it('keeps alarms with their state over a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cloudwatch-'));
  try {
    {
      const state = openStateStore(directory);
      await using aws = await startCloudWatch(state);
      await aws.client.putMetricAlarm({ ...errorAlarm, Tags: [{ Key: 'a', Value: 'b' }] });
      await aws.client.putCompositeAlarm({ AlarmName: 'all', AlarmRule: 'ALARM(orders-errors)' });
      putErrors(aws);
      await aws.clock.advance(1_000);
      await state.close();
    }
    await using aws = await startCloudWatch(openStateStore(directory));
    assert.equal(await stateOf(aws), 'ALARM');
    const { AlarmHistoryItems } = await aws.client.describeAlarmHistory({ AlarmName: 'orders-errors' });
    assert.equal(AlarmHistoryItems?.length, 3);
    const { CompositeAlarms } = await aws.client.describeAlarms({ AlarmTypes: ['CompositeAlarm'] });
    assert.equal(CompositeAlarms?.[0]?.StateValue, 'ALARM');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

describe('a composite alarm', () => {
  const put = async (aws: CloudWatchFixture, AlarmRule: string): Promise<void> => {
    for (const name of ['a', 'b'])
      await aws.client.putMetricAlarm({ ...errorAlarm, AlarmName: name, AlarmActions: [], OKActions: [] });
    await aws.client.putCompositeAlarm({ AlarmName: 'both', AlarmRule, AlarmActions: [topicArn] });
  };
  const set = (aws: CloudWatchFixture, AlarmName: string, StateValue: 'OK' | 'ALARM') =>
    aws.client.setAlarmState({ AlarmName, StateValue, StateReason: 'test' });
  const composite = async (aws: CloudWatchFixture) =>
    (await aws.client.describeAlarms({ AlarmTypes: ['CompositeAlarm'] })).CompositeAlarms?.[0];

  it('follows its rule', async () => {
    await using aws = await startCloudWatch();
    await put(aws, 'ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(b))');
    assert.equal((await composite(aws))?.StateValue, 'OK');
    await set(aws, 'a', 'ALARM');
    assert.equal((await composite(aws))?.StateValue, 'OK');
    await set(aws, 'b', 'ALARM');
    assert.equal((await composite(aws))?.StateValue, 'ALARM');
    const message = JSON.parse(aws.notifications[0]?.message ?? '{}');
    assert.equal(message.AlarmRule, 'ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(b))');
    assert.deepEqual(message.TriggeringChildren, [
      {
        Arn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:b',
        State: { Value: 'ALARM', Timestamp: '2026-01-01T00:00:00.000+0000' },
      },
    ]);
    await set(aws, 'b', 'OK');
    assert.equal((await composite(aws))?.StateValue, 'OK');
  });

  it('needs alarms that exist, and a rule without a circle', async () => {
    await using aws = await startCloudWatch();
    await put(aws, 'ALARM(a)');
    const rejects = (AlarmRule: string, message: RegExp) =>
      assert.rejects(aws.client.putCompositeAlarm({ AlarmName: 'both', AlarmRule }), message);
    await rejects('ALARM(nobody)', /nobody/);
    await rejects('ALARM(a) OR', /AlarmRule must be valid/);
    await rejects('ALARM(both)', /leads back to itself/);
    await assert.rejects(aws.client.deleteAlarms({ AlarmNames: ['a'] }), /composite alarm/);
    await aws.client.deleteAlarms({ AlarmNames: ['a', 'both'] });
  });
});
