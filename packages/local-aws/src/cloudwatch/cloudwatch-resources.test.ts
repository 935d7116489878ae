import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../core/json.ts';
import type { ResourceContext, ResourceType } from '../core/resource-type.ts';
import { type CloudWatchFixture, startCloudWatch, topicArn } from './cloudwatch.fixture.ts';

const context: ResourceContext = {
  stackName: 'orders-local',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/orders-local/1',
  logicalId: 'ErrorAlarm',
  region: 'us-east-1',
  tags: { service: 'orders' },
};

function resourceType({ cloudwatch }: CloudWatchFixture, type: string): ResourceType {
  const found = cloudwatch.resourceTypes.find((candidate) => candidate.type === type);
  assert.ok(found, type);
  return found;
}

describe('AWS::CloudWatch::Alarm', () => {
  const properties: JsonObject = {
    Namespace: 'Shop',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Period: '60',
    EvaluationPeriods: 1,
    Threshold: '0',
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [topicArn],
    Tags: [{ Key: 'team', Value: 'shop' }],
  };

  it('is made under a name of its stack, changed in place and deleted', async () => {
    await using aws = await startCloudWatch();
    const type = resourceType(aws, 'AWS::CloudWatch::Alarm');
    const state = await type.create(properties, context);
    assert.match(state.physicalId, /^orders-local-ErrorAlarm-\w{12}$/);
    const { MetricAlarms = [] } = await aws.client.describeAlarms({ AlarmNames: [state.physicalId] });
    assert.equal(MetricAlarms[0]?.Threshold, 0);
    assert.equal(MetricAlarms[0]?.AlarmArn, state.attributes.Arn);
    const { Tags } = await aws.client.listTagsForResource({ ResourceARN: MetricAlarms[0]?.AlarmArn });
    assert.deepEqual(Tags, [
      { Key: 'service', Value: 'orders' },
      { Key: 'team', Value: 'shop' },
    ]);

    const next = { ...properties, Threshold: 5 };
    assert.equal(type.needsReplacement(properties, next), false);
    assert.equal(type.needsReplacement(properties, { ...next, AlarmName: 'other' }), true);
    assert.deepEqual(await type.update(next, { properties, state }, context), state);
    const changed = await aws.client.describeAlarms({ AlarmNames: [state.physicalId] });
    assert.equal(changed.MetricAlarms?.[0]?.Threshold, 5);

    await type.delete(state, next, context);
    await type.delete(state, next, context);
    assert.deepEqual((await aws.client.describeAlarms({})).MetricAlarms, []);
  });

  it('fails by name on what it cannot honour', async () => {
    await using aws = await startCloudWatch();
    const { validate } = resourceType(aws, 'AWS::CloudWatch::Alarm');
    assert.throws(
      () => validate({ ...properties, ThresholdMetricId: 'ad1' }, 'ErrorAlarm'),
      /unsupported property ThresholdMetricId/,
    );
    assert.throws(
      () => validate({ ...properties, AlarmActions: ['arn:aws:automate:us-east-1:ec2:stop'] }, 'ErrorAlarm'),
      /AlarmActions.0: only SNS/,
    );
    assert.throws(() => validate({ ...properties, Period: 45 }, 'ErrorAlarm'), /Period/);
    validate(properties, 'ErrorAlarm');
  });
});

it('AWS::CloudWatch::CompositeAlarm combines alarms of its stack', async () => {
  await using aws = await startCloudWatch();
  const type = resourceType(aws, 'AWS::CloudWatch::CompositeAlarm');
  await aws.client.putMetricAlarm({
    AlarmName: 'a',
    Namespace: 'Shop',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  const properties = { AlarmName: 'any', AlarmRule: 'ALARM(a)' };
  const state = await type.create(properties, context);
  assert.deepEqual(state, {
    physicalId: 'any',
    attributes: { Arn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:any' },
  });
  await type.update({ ...properties, AlarmRule: 'NOT ALARM(a)' }, { properties, state }, context);
  const { CompositeAlarms } = await aws.client.describeAlarms({ AlarmTypes: ['CompositeAlarm'] });
  assert.equal(CompositeAlarms?.[0]?.StateValue, 'ALARM');
  await type.delete(state, properties, context);
});

describe('AWS::CloudWatch::Dashboard', () => {
  const body = (title: string): string =>
    JSON.stringify({ widgets: [{ type: 'text', properties: { markdown: title } }] });

  it('is kept and can be read back', async () => {
    await using aws = await startCloudWatch();
    const type = resourceType(aws, 'AWS::CloudWatch::Dashboard');
    const properties = { DashboardName: 'shop', DashboardBody: body('one') };
    const state = await type.create(properties, context);
    await type.update({ ...properties, DashboardBody: body('two') }, { properties, state }, context);
    const { DashboardBody, DashboardArn } = await aws.client.getDashboard({ DashboardName: 'shop' });
    assert.equal(DashboardBody, body('two'));
    assert.equal(DashboardArn, 'arn:aws:cloudwatch::000000000000:dashboard/shop');
    const { DashboardEntries } = await aws.client.listDashboards({ DashboardNamePrefix: 'sh' });
    assert.deepEqual(
      DashboardEntries?.map(({ DashboardName, Size }) => [DashboardName, Size]),
      [['shop', body('two').length]],
    );
    await type.delete(state, properties, context);
    await assert.rejects(aws.client.getDashboard({ DashboardName: 'shop' }), { name: 'ResourceNotFound' });
    await assert.rejects(aws.client.deleteDashboards({ DashboardNames: ['shop'] }), { name: 'ResourceNotFound' });
  });

  it('must have a JSON body with widgets', async () => {
    await using aws = await startCloudWatch();
    for (const DashboardBody of ['{', '[]', '{}', '{"widgets":[1]}', '{"widgets":[{"type":"text"}]}']) {
      await assert.rejects(
        aws.client.putDashboard({ DashboardName: 'shop', DashboardBody }),
        { name: 'DashboardInvalidInputError' },
        DashboardBody,
      );
    }
  });
});

describe('AWS::Logs::MetricFilter', () => {
  const properties = {
    FilterPattern: '{ $.level = "ERROR" }',
    LogGroupName: '/aws/lambda/orders',
    MetricTransformations: [
      { MetricName: 'Errors', MetricNamespace: 'Shop', MetricValue: 1, DefaultValue: '0', Unit: 'Count' },
    ],
  };

  it('turns the log of a function into an alarm on a topic', async () => {
    await using aws = await startCloudWatch();
    const filter = resourceType(aws, 'AWS::Logs::MetricFilter');
    const alarm = resourceType(aws, 'AWS::CloudWatch::Alarm');
    const state = await filter.create(properties, { ...context, logicalId: 'ErrorFilter' });
    await alarm.create(
      {
        AlarmName: 'orders-errors',
        Namespace: 'Shop',
        MetricName: 'Errors',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        AlarmActions: [topicArn],
      },
      context,
    );
    aws.log('/aws/lambda/orders', '{"level":"INFO"}', '{"level":"ERROR","message":"boom"}');
    await aws.clock.advance(1_000);
    assert.equal(aws.notifications[0]?.subject, 'ALARM: "orders-errors" in US East (N. Virginia)');

    assert.equal(filter.needsReplacement(properties, { ...properties, FilterPattern: 'ERROR' }), false);
    assert.equal(filter.needsReplacement(properties, { ...properties, LogGroupName: 'other' }), true);
    assert.deepEqual(
      await filter.update({ ...properties, FilterPattern: 'ERROR' }, { properties, state }, context),
      state,
    );
    await filter.delete(state, properties, context);
    await filter.delete(state, properties, context);
  });

  it('fails by name on an invalid pattern, a missing log group or an unknown property', async () => {
    await using aws = await startCloudWatch();
    const type = resourceType(aws, 'AWS::Logs::MetricFilter');
    await assert.rejects(
      type.create({ ...properties, FilterPattern: '{ $.level' }, context),
      /Invalid metric filter pattern/,
    );
    await assert.rejects(type.create({ ...properties, LogGroupName: 'missing' }, context), {
      name: 'AwsError',
      code: 'ResourceNotFoundException',
    });
    assert.throws(() => type.validate({ ...properties, ApplyOnTransformedLogs: true }, 'F'), /ApplyOnTransformedLogs/);
  });
});
