import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startCloudWatch, topicArn } from './cloudwatch.fixture.ts';
import { startQueueMetrics } from './queue-metrics.ts';

const minute = 60_000;

it('samples every queue each minute, so that an alarm on a dead-letter queue rings', async () => {
  await using aws = await startCloudWatch();
  let visible = 0;
  const stop = startQueueMetrics({
    clock: aws.clock,
    putMetric: aws.cloudwatch.putMetric,
    depths: () => [{ name: 'orders-dlq', visible, notVisible: 2, delayed: 0, oldestAge: 30 }],
  });
  await aws.client.putMetricAlarm({
    AlarmName: 'dlq',
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: 'orders-dlq' }],
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    AlarmActions: [topicArn],
  });
  await aws.clock.advance(2 * minute + 5_000);
  assert.equal(aws.notifications.length, 0);
  visible = 1;
  await aws.clock.advance(minute);
  assert.equal(aws.notifications[0]?.subject, 'ALARM: "dlq" in US East (N. Virginia)');
  const { Metrics = [] } = await aws.client.listMetrics({ Namespace: 'AWS/SQS' });
  assert.equal(Metrics.length, 4);

  stop();
  await aws.clock.advance(10 * minute);
  const { MetricAlarms } = await aws.client.describeAlarms({ AlarmNames: ['dlq'] });
  assert.equal(MetricAlarms?.[0]?.StateValue, 'INSUFFICIENT_DATA');
});
