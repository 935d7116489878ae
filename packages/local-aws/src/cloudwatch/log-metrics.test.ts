import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CloudWatchLogsClient,
  DeleteMetricFilterCommand,
  DescribeMetricFiltersCommand,
  PutMetricFilterCommand,
  type PutMetricFilterCommandInput,
  TestMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import fc from 'fast-check';
import { type CloudWatchFixture, startCloudWatch } from './cloudwatch.fixture.ts';
import { readEmbeddedMetrics } from './embedded-metrics.ts';

function logsClient({ endpoint }: CloudWatchFixture): CloudWatchLogsClient {
  return new CloudWatchLogsClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

const countErrors = { metricName: 'Errors', metricNamespace: 'Shop', metricValue: '1', unit: 'Count' } as const;
const errorFilter = {
  logGroupName: '/aws/lambda/orders',
  filterName: 'errors',
  filterPattern: '{ $.level = "ERROR" }',
  metricTransformations: [countErrors],
} satisfies PutMetricFilterCommandInput;

async function sums(aws: CloudWatchFixture, MetricName: string, Dimensions: { Name: string; Value: string }[] = []) {
  const { Datapoints = [] } = await aws.client.getMetricStatistics({
    Namespace: 'Shop',
    MetricName,
    Dimensions,
    StartTime: new Date(aws.clock.now() - 3_600_000),
    EndTime: new Date(aws.clock.now() + 60_000),
    Period: 60,
    Statistics: ['Sum', 'SampleCount'],
  });
  return Datapoints.map(({ Sum, SampleCount, Unit }) => [Sum, SampleCount, Unit]);
}

describe('metric filters', () => {
  it('count the events that match', async () => {
    await using aws = await startCloudWatch();
    const logs = logsClient(aws);
    await logs.send(new PutMetricFilterCommand(errorFilter));
    aws.log('/aws/lambda/orders', '{"level":"ERROR"}', '{"level":"INFO"}', '{"level":"ERROR"}', 'plain');
    aws.log('/aws/lambda/users', '{"level":"ERROR"}');
    assert.deepEqual(await sums(aws, 'Errors'), [[2, 2, 'Count']]);
  });

  it('publish numbers and dimensions from the event', async () => {
    await using aws = await startCloudWatch();
    const transformation = {
      metricName: 'Latency',
      metricNamespace: 'Shop',
      metricValue: '$.ms',
      dimensions: { Route: '$.route' },
    };
    await logsClient(aws).send(
      new PutMetricFilterCommand({
        ...errorFilter,
        filterPattern: '{ $.ms = * }',
        metricTransformations: [transformation],
      }),
    );
    aws.log(
      '/aws/lambda/orders',
      '{"ms":12.5,"route":"/a"}',
      '{"ms":"2","route":"/a"}',
      '{"ms":1}',
      '{"ms":"x","route":"/a"}',
    );
    assert.deepEqual(await sums(aws, 'Latency', [{ Name: 'Route', Value: '/a' }]), [[14.5, 2, 'None']]);
    assert.deepEqual(await sums(aws, 'Latency'), []);
  });

  it('publish fields of space-delimited events', async () => {
    await using aws = await startCloudWatch();
    const transformation = { metricName: 'Bytes', metricNamespace: 'Shop', metricValue: '$bytes' };
    await logsClient(aws).send(
      new PutMetricFilterCommand({
        ...errorFilter,
        filterPattern: '[ip, status = 2*, bytes]',
        metricTransformations: [transformation],
      }),
    );
    aws.log('/aws/lambda/orders', '10.0.0.1 200 1024', '10.0.0.1 404 10', '10.0.0.1 200');
    assert.deepEqual(await sums(aws, 'Bytes'), [[1024, 1, 'None']]);
  });

  it('publish the default value for events that do not match', async () => {
    await using aws = await startCloudWatch();
    await logsClient(aws).send(
      new PutMetricFilterCommand({ ...errorFilter, metricTransformations: [{ ...countErrors, defaultValue: 0 }] }),
    );
    aws.log('/aws/lambda/orders', 'fine');
    assert.deepEqual(await sums(aws, 'Errors'), [[0, 1, 'Count']]);
  });

  it('are described, replaced and deleted', async () => {
    await using aws = await startCloudWatch();
    const logs = logsClient(aws);
    await logs.send(new PutMetricFilterCommand(errorFilter));
    await logs.send(new PutMetricFilterCommand({ ...errorFilter, filterPattern: 'ERROR' }));
    const { metricFilters } = await logs.send(new DescribeMetricFiltersCommand({ logGroupName: '/aws/lambda/orders' }));
    assert.deepEqual(metricFilters, [
      { ...errorFilter, filterPattern: 'ERROR', creationTime: aws.clock.now(), applyOnTransformedLogs: false },
    ]);
    const byMetric = await logs.send(
      new DescribeMetricFiltersCommand({ metricName: 'Errors', metricNamespace: 'Other' }),
    );
    assert.deepEqual(byMetric.metricFilters, []);

    const { logGroupName, filterName } = errorFilter;
    await logs.send(new DeleteMetricFilterCommand({ logGroupName, filterName }));
    aws.log('/aws/lambda/orders', 'ERROR');
    assert.deepEqual(await sums(aws, 'Errors'), []);
    await assert.rejects(logs.send(new DeleteMetricFilterCommand({ logGroupName, filterName })), {
      name: 'ResourceNotFoundException',
    });
  });

  it('refuse what CloudWatch Logs refuses', async () => {
    await using aws = await startCloudWatch();
    const logs = logsClient(aws);
    const rejects = (change: object, name = 'InvalidParameterException') =>
      assert.rejects(
        logs.send(new PutMetricFilterCommand({ ...errorFilter, ...change })),
        { name },
        JSON.stringify(change),
      );
    await rejects({ filterPattern: '{ $.level' });
    await rejects({ filterName: 'a:b' });
    await rejects({ metricTransformations: [] });
    await rejects({ metricTransformations: [{ ...countErrors, metricValue: 'many' }] });
    await rejects({ metricTransformations: [{ ...countErrors, metricValue: '$..x' }] });
    await rejects({ metricTransformations: [{ ...countErrors, defaultValue: 0, dimensions: { A: '$.a' } }] });
    await rejects({ applyOnTransformedLogs: true });
    await rejects({ logGroupName: 'missing' }, 'ResourceNotFoundException');
  });

  it('are tested', async () => {
    await using aws = await startCloudWatch();
    const logEventMessages = ['a 1', 'b 2', 'a 3'];
    const { matches } = await logsClient(aws).send(
      new TestMetricFilterCommand({ filterPattern: '[name = a, number]', logEventMessages }),
    );
    assert.deepEqual(matches, [
      { eventNumber: 1, eventMessage: 'a 1', extractedValues: { $name: 'a', $number: '1' } },
      { eventNumber: 3, eventMessage: 'a 3', extractedValues: { $name: 'a', $number: '3' } },
    ]);
  });
});

describe('the embedded metric format', () => {
  const metadata = (CloudWatchMetrics: unknown, Timestamp: unknown = Date.UTC(2026, 0, 1)) => ({
    _aws: { Timestamp, CloudWatchMetrics },
  });
  const directive = {
    Namespace: 'Shop',
    Dimensions: [['service'], ['service', 'region'], []],
    Metrics: [
      { Name: 'OrdersPlaced', Unit: 'Count' },
      { Name: 'Latency', StorageResolution: 1 },
    ],
  };

  it('publishes every metric under every set of dimensions', async () => {
    await using aws = await startCloudWatch();
    aws.log(
      '/aws/lambda/orders',
      JSON.stringify({
        ...metadata([directive]),
        service: 'orders',
        region: 'eu',
        OrdersPlaced: 2,
        Latency: [1, 2, 3],
      }),
    );
    const service = { Name: 'service', Value: 'orders' };
    assert.deepEqual(await sums(aws, 'OrdersPlaced', [service]), [[2, 1, 'Count']]);
    assert.deepEqual(await sums(aws, 'OrdersPlaced', [service, { Name: 'region', Value: 'eu' }]), [[2, 1, 'Count']]);
    assert.deepEqual(await sums(aws, 'Latency'), [[6, 3, 'None']]);
  });

  it('ignores what does not fit', () => {
    const texts = [
      '{"_aws"',
      '"_aws"',
      JSON.stringify({ _aws: 1 }),
      JSON.stringify({ ...metadata([directive], 'now'), service: 'a', region: 'b', OrdersPlaced: 1 }),
      JSON.stringify({ ...metadata({}), service: 'a', region: 'b', OrdersPlaced: 1 }),
      JSON.stringify({
        ...metadata([{ ...directive, Dimensions: undefined }]),
        service: 'a',
        region: 'b',
        OrdersPlaced: 1,
      }),
      JSON.stringify({ ...metadata([directive]), service: 'a', OrdersPlaced: 1 }),
      JSON.stringify({ ...metadata([directive]), service: 'a', region: 'b', OrdersPlaced: 'many', Latency: [] }),
    ];
    for (const text of texts) assert.deepEqual(readEmbeddedMetrics(text), [], text);
  });

  it('never fails', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, other) => {
        const documents = [
          { _aws: value },
          metadata([value, { ...directive, Dimensions: other }]),
          metadata([{ ...directive, Metrics: value }]),
        ];
        for (const document of documents)
          readEmbeddedMetrics(JSON.stringify({ ...document, service: other, Latency: value }));
      }),
    );
  });
});
