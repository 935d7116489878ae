import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { createCloudWatch } from '../cloudwatch/cloudwatch.ts';
import { ManualClock } from '../core/clock.ts';
import { CredentialStore } from '../core/credentials.ts';
import { noStateStore } from '../core/state-store.ts';
import { startEdge } from '../edge/server.ts';
import { createLogs } from './logs.ts';

// What AWS answered when LocalStack recorded it: tests/aws/services/logs/*.snapshot.json of its repository. The names of
// its tests stand at the expectations.
test('CloudWatch Logs answers as it was recorded on AWS', async (t) => {
  const clock = new ManualClock();
  const state = noStateStore;
  const logs = createLogs({ clock, state, region: 'us-east-1' });
  const cloudWatch = createCloudWatch({
    clock,
    state,
    logs: logs.sink,
    logGroups: logs.groups,
    notify: async () => {},
    region: 'us-east-1',
  });
  const edge = await startEdge({
    port: 0,
    apis: { logs: logs.api(cloudWatch.metricFilters) },
    frontends: [],
    pages: {},
    credentials: new CredentialStore(),
    onError: (error) => assert.fail(String(error)),
  });
  const client = new CloudWatchLogs({
    endpoint: `http://127.0.0.1:${edge.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  t.after(async () => {
    client.destroy();
    cloudWatch.close();
    await edge.close();
  });

  const logGroupName = '/recorded';
  const logStreamName = 'stream';
  const stream = { logGroupName, logStreamName };
  await client.createLogGroup({ logGroupName });
  await client.createLogStream(stream);
  const event = (timestamp: number) => ({ timestamp, message: 'x' });

  const long = (length: number) => 'X'.repeat(length);
  const tooLong = (value: string, member: string, limit: number) =>
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${limit}`;
  const transformation = { metricName: 'metric', metricNamespace: 'namespace', metricValue: '1', defaultValue: 0 };
  const metricFilter = { logGroupName, filterName: 'f', filterPattern: ' ', metricTransformations: [transformation] };

  const refusals: readonly (readonly [source: string, call: () => Promise<unknown>, name: string, message: string])[] =
    [
      [
        'test_create_log_group_duplicate_error',
        () => client.createLogGroup({ logGroupName }),
        'ResourceAlreadyExistsException',
        'The specified log group already exists',
      ],
      [
        'test_create_log_group_invalid_name_length',
        () => client.createLogGroup({ logGroupName: 'x'.repeat(513) }),
        'InvalidParameterException',
        'Invalid LogGroup or LogStream, both must have length less than or equal to 512.',
      ],
      [
        'test_describe_log_groups_prefix_and_pattern_error',
        () => client.describeLogGroups({ logGroupNamePrefix: 'a', logGroupNamePattern: 'b' }),
        'InvalidParameterException',
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      ],
      [
        'test_create_log_stream_duplicate_error',
        () => client.createLogStream(stream),
        'ResourceAlreadyExistsException',
        'The specified log stream already exists',
      ],
      [
        'test_describe_log_streams_with_log_group_identifier',
        () => client.describeLogStreams({ logGroupName, logGroupIdentifier: logGroupName }),
        'ValidationException',
        'LogGroup name and LogGroup ARN are mutually exclusive parameters.',
      ],
      [
        'test_put_log_events_to_invalid_stream',
        () => client.putLogEvents({ ...stream, logStreamName: 'no', logEvents: [event(clock.now())] }),
        'ResourceNotFoundException',
        'The specified log stream does not exist.',
      ],
      [
        'test_put_log_events_wrong_order',
        () => client.putLogEvents({ ...stream, logEvents: [event(clock.now()), event(clock.now() - 1)] }),
        'InvalidParameterException',
        'Log events in a single PutLogEvents request must be in chronological order.',
      ],
      [
        'test_get_log_events_invalid_token',
        () => client.getLogEvents({ ...stream, nextToken: 'no' }),
        'InvalidParameterException',
        'The specified nextToken is invalid.',
      ],
      ...[
        () => client.getLogEvents({ ...stream, limit: 10_001 }),
        () => client.filterLogEvents({ logGroupName, limit: 10_001 }),
      ].map(
        (call) =>
          [
            'test_get_log_events_limit_validation and test_filter_log_events_limit_validation',
            call,
            'InvalidParameterException',
            "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
          ] as const,
      ),
      [
        'test_filter_log_events_unknown_token',
        () => client.filterLogEvents({ logGroupName, nextToken: 'no' }),
        'InvalidParameterException',
        'The specified nextToken is invalid.',
      ],
      [
        'test_resource_does_not_exist',
        () => client.getLogEvents({ ...stream, logGroupName: '/no' }),
        'ResourceNotFoundException',
        'The specified log group does not exist.',
      ],
      [
        'test_resource_does_not_exist',
        () => client.getLogEvents({ ...stream, logStreamName: 'no' }),
        'ResourceNotFoundException',
        'The specified log stream does not exist.',
      ],
      [
        'test_put_metric_filter_invalid_filter_name',
        () => client.putMetricFilter({ ...metricFilter, filterName: long(513) }),
        'InvalidParameterException',
        tooLong(long(513), 'filterName', 512),
      ],
      [
        'test_put_metric_filter_invalid_filter_pattern',
        () => client.putMetricFilter({ ...metricFilter, filterPattern: long(1025) }),
        'InvalidParameterException',
        tooLong(long(1025), 'filterPattern', 1024),
      ],
      [
        'test_delete_metric_filter_invalid_filter_name',
        () => client.deleteMetricFilter({ logGroupName, filterName: long(513) }),
        'InvalidParameterException',
        tooLong(long(513), 'filterName', 512),
      ],
      [
        'test_delete_metric_filter_invalid_log_group_name',
        () => client.deleteMetricFilter({ logGroupName: long(513), filterName: 'f' }),
        'InvalidParameterException',
        'Invalid LogGroup or LogStream, both must have length less than or equal to 512.',
      ],
      [
        'test_describe_metric_filters_invalid_parameters',
        () => client.describeMetricFilters({ logGroupName, filterNamePrefix: long(513) }),
        'InvalidParameterException',
        tooLong(long(513), 'filterNamePrefix', 512),
      ],
      [
        'test_describe_metric_filters_invalid_parameters',
        () => client.describeMetricFilters({ metricName: long(256), metricNamespace: 'n' }),
        'InvalidParameterException',
        tooLong(long(256), 'metricName', 255),
      ],
      [
        'test_delete_resource_policy_not_found',
        () => client.deleteResourcePolicy({ policyName: 'non-existent' }),
        'ResourceNotFoundException',
        'Policy with name [non-existent] does not exist.',
      ],
    ];
  for (const [source, call, name, message] of refusals) {
    await t.test(`${source}: ${message}`.slice(0, 120), () => assert.rejects(call(), { name, message }));
  }

  await t.test('test_tag_log_group, test_untag_log_group, test_tag_resource_api', async () => {
    await client.createLogGroup({ logGroupName: '/tagged', tags: { env: 'testing1' } });
    const resourceArn = 'arn:aws:logs:us-east-1:000000000000:log-group:/tagged';
    const tags = async () => {
      const byName = (await client.listTagsLogGroup({ logGroupName: '/tagged' })).tags;
      assert.deepEqual((await client.listTagsForResource({ resourceArn })).tags, byName);
      return byName;
    };
    await client.tagResource({ resourceArn, tags: { test1: 'val1', test2: 'val2' } });
    assert.deepEqual(await tags(), { env: 'testing1', test1: 'val1', test2: 'val2' });
    await client.tagLogGroup({ logGroupName: '/tagged', tags: { test3: 'val3' } });
    await client.untagLogGroup({ logGroupName: '/tagged', tags: ['env', 'test1'] });
    await client.untagResource({ resourceArn, tagKeys: ['test3'] });
    assert.deepEqual(await tags(), { test2: 'val2' });
  });

  await t.test('test_put_resource_policy', async () => {
    const Statement = [
      { Effect: 'Allow', Principal: { Service: 'route53.amazonaws.com' }, Action: 'logs:*', Resource: '*' },
    ];
    const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    const { resourcePolicy } = await client.putResourcePolicy({ policyName: 'p', policyDocument });
    const expected = { policyName: 'p', policyDocument, lastUpdatedTime: clock.now(), policyScope: 'ACCOUNT' };
    assert.deepEqual(resourcePolicy, expected);
    assert.deepEqual((await client.describeResourcePolicies({})).resourcePolicies, [expected]);
  });

  await t.test('test_put_metric_filter_basic, test_describe_metric_filters_by_log_group', async () => {
    await client.putMetricFilter(metricFilter);
    const { metricFilters } = await client.describeMetricFilters({ logGroupName });
    assert.deepEqual(metricFilters, [{ ...metricFilter, applyOnTransformedLogs: false, creationTime: clock.now() }]);
    await client.deleteMetricFilter({ logGroupName, filterName: 'f' });
  });

  await t.test('test_describe_log_groups_with_prefix', async () => {
    const { logGroups } = await client.describeLogGroups({ logGroupNamePrefix: logGroupName });
    assert.deepEqual(logGroups, [
      {
        arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/recorded:*',
        creationTime: clock.now(),
        deletionProtectionEnabled: false,
        logGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/recorded',
        logGroupClass: 'STANDARD',
        logGroupName,
        metricFilterCount: 0,
        storedBytes: 0,
      },
    ]);
  });

  await t.test('test_list_log_groups_with_pattern, and the classes of groups', async () => {
    await client.createLogGroup({ logGroupName: '/listed/rare', logGroupClass: 'INFREQUENT_ACCESS' });
    const list = async (query: object) =>
      ((await client.listLogGroups(query)).logGroups ?? []).map((group) => group.logGroupName);
    assert.deepEqual(await list({ logGroupNamePattern: 'no-such-group' }), []);
    assert.deepEqual(await list({ logGroupNamePattern: '^/recorded|^listed' }), [logGroupName]);
    assert.deepEqual(await list({ logGroupNamePattern: 'listed' }), ['/listed/rare']);
    assert.deepEqual(await list({ logGroupNamePattern: 'LISTED' }), []);
    assert.deepEqual(await list({ logGroupClass: 'INFREQUENT_ACCESS' }), ['/listed/rare']);
    const { logGroups: [described] = [] } = await client.describeLogGroups({ logGroupClass: 'INFREQUENT_ACCESS' });
    assert.equal(described?.logGroupClass, 'INFREQUENT_ACCESS');
    await assert.rejects(client.listLogGroups({ logGroupNamePattern: 'a*' }), { name: 'InvalidParameterException' });
  });
});
