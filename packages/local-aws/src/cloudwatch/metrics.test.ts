import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { startCloudWatch } from './cloudwatch.fixture.ts';

const start = new Date(Date.UTC(2026, 0, 1));
const at = (seconds: number): Date => new Date(start.getTime() + seconds * 1000);
const Dimensions = [{ Name: 'Service', Value: 'orders' }];

describe('PutMetricData and GetMetricStatistics', () => {
  it('aggregate by period', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricData({
      Namespace: 'Shop',
      MetricData: [
        { MetricName: 'Latency', Dimensions, Value: 10, Unit: 'Milliseconds', Timestamp: at(1) },
        { MetricName: 'Latency', Dimensions, Value: 30, Unit: 'Milliseconds', Timestamp: at(59) },
        { MetricName: 'Latency', Dimensions, Values: [1, 2], Counts: [3, 1], Unit: 'Milliseconds', Timestamp: at(60) },
      ],
    });
    const { Datapoints = [], Label } = await aws.client.getMetricStatistics({
      Namespace: 'Shop',
      MetricName: 'Latency',
      Dimensions,
      StartTime: start,
      EndTime: at(120),
      Period: 60,
      Statistics: ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'],
      ExtendedStatistics: ['p50', 'p99'],
    });
    assert.equal(Label, 'Latency');
    assert.deepEqual(Datapoints, [
      {
        Timestamp: start,
        Sum: 40,
        Average: 20,
        Minimum: 10,
        Maximum: 30,
        SampleCount: 2,
        Unit: 'Milliseconds',
        ExtendedStatistics: { p50: 10, p99: 30 },
      },
      {
        Timestamp: at(60),
        Sum: 5,
        Average: 1.25,
        Minimum: 1,
        Maximum: 2,
        SampleCount: 4,
        Unit: 'Milliseconds',
        ExtendedStatistics: { p50: 1, p99: 2 },
      },
    ]);
  });

  it('tell units apart and dimensions without regard to their order', async () => {
    await using aws = await startCloudWatch();
    const [a, b] = [
      { Name: 'A', Value: '1' },
      { Name: 'B', Value: '2' },
    ];
    await aws.client.putMetricData({
      Namespace: 'Shop',
      MetricData: [
        { MetricName: 'M', Dimensions: [a, b], Value: 1, Unit: 'Count' },
        { MetricName: 'M', Dimensions: [b, a], Value: 2, Unit: 'Bytes' },
        { MetricName: 'M', Dimensions: [a], Value: 4 },
      ],
    });
    const query = {
      Namespace: 'Shop',
      MetricName: 'M',
      Dimensions: [b, a],
      StartTime: start,
      EndTime: at(60),
      Period: 60,
    };
    const all = await aws.client.getMetricStatistics({ ...query, Statistics: ['Sum'] });
    assert.deepEqual(
      all.Datapoints?.map(({ Sum, Unit }) => [Sum, Unit]),
      [
        [1, 'Count'],
        [2, 'Bytes'],
      ],
    );
    const bytes = await aws.client.getMetricStatistics({ ...query, Statistics: ['Sum'], Unit: 'Bytes' });
    assert.deepEqual(bytes.Datapoints?.length, 1);
  });

  it('keep high-resolution metrics by the second', async () => {
    await using aws = await startCloudWatch();
    const datum: MetricDatum = { MetricName: 'Fast', Value: 1, StorageResolution: 1 };
    await aws.client.putMetricData({
      Namespace: 'Shop',
      MetricData: [0, 1, 9, 10].map((second) => ({ ...datum, Timestamp: at(second) })),
    });
    const { Datapoints = [] } = await aws.client.getMetricStatistics({
      Namespace: 'Shop',
      MetricName: 'Fast',
      StartTime: start,
      EndTime: at(60),
      Period: 10,
      Statistics: ['Sum'],
    });
    assert.deepEqual(
      Datapoints.map(({ Timestamp, Sum }) => [Timestamp, Sum]),
      [
        [start, 3],
        [at(10), 1],
      ],
    );
  });

  it('take statistic sets, for which no percentile is known', async () => {
    await using aws = await startCloudWatch();
    const StatisticValues = { SampleCount: 4, Sum: 10, Minimum: 1, Maximum: 4 };
    await aws.client.putMetricData({ Namespace: 'Shop', MetricData: [{ MetricName: 'Set', StatisticValues }] });
    const { Datapoints } = await aws.client.getMetricStatistics({
      Namespace: 'Shop',
      MetricName: 'Set',
      StartTime: start,
      EndTime: at(60),
      Period: 60,
      Statistics: ['Average'],
      ExtendedStatistics: ['p90'],
    });
    assert.equal(Datapoints?.[0]?.Average, 2.5);
    assert.deepEqual(Datapoints?.[0]?.ExtendedStatistics, {});
  });

  it('take the compressed bodies that the SDK sends from 10 KB on', async () => {
    await using aws = await startCloudWatch();
    const MetricData = Array.from({ length: 500 }, (_, index) => ({
      MetricName: `Metric-number-${index}`,
      Value: index,
    }));
    await aws.client.putMetricData({ Namespace: 'Shop', MetricData });
    const { Metrics, NextToken } = await aws.client.listMetrics({ Namespace: 'Shop', MetricName: 'Metric-number-499' });
    assert.equal(Metrics?.length, 1);
    assert.equal(NextToken, undefined);
  });

  it('refuse what CloudWatch refuses', async () => {
    await using aws = await startCloudWatch();
    const put = (datum: MetricDatum) => aws.client.putMetricData({ Namespace: 'Shop', MetricData: [datum] });
    await assert.rejects(put({ MetricName: 'M' }), { name: 'MissingRequiredParameterException' });
    await assert.rejects(put({ MetricName: 'M', Value: 1, Values: [1] }), {
      name: 'InvalidParameterCombinationException',
    });
    await assert.rejects(put({ MetricName: 'M', Value: 1, Timestamp: new Date(0) }), {
      name: 'InvalidParameterValueException',
    });
    await assert.rejects(put({ MetricName: 'M', Values: [1, 2], Counts: [1] }), {
      name: 'InvalidParameterValueException',
    });
    const query = { Namespace: 'Shop', MetricName: 'M', StartTime: start, EndTime: at(60), Period: 60 };
    await assert.rejects(aws.client.getMetricStatistics(query), { name: 'MissingRequiredParameterException' });
    await assert.rejects(aws.client.getMetricStatistics({ ...query, Period: 61, Statistics: ['Sum'] }), {
      name: 'InvalidParameterValueException',
    });
    await assert.rejects(aws.client.getMetricStatistics({ ...query, EndTime: at(90_000), Statistics: ['Sum'] }), {
      name: 'InvalidParameterCombinationException',
      message: /exceeds the limit of 1440/,
    });
    await assert.rejects(aws.client.getMetricStatistics({ ...query, ExtendedStatistics: ['tm99'] }), /tm99/);
  });
});

it('lists metrics by namespace, name and dimensions, page by page', async () => {
  await using aws = await startCloudWatch();
  for (let index = 0; index < 600; index += 1)
    aws.cloudwatch.putMetric('Many', `m${index}`, { Index: String(index) }, 1, 'Count');
  const first = await aws.client.listMetrics({ Namespace: 'Many' });
  const second = await aws.client.listMetrics({ Namespace: 'Many', NextToken: first.NextToken });
  assert.deepEqual([first.Metrics?.length, second.Metrics?.length, second.NextToken], [500, 100, undefined]);
  const one = await aws.client.listMetrics({ Dimensions: [{ Name: 'Index', Value: '7' }] });
  assert.deepEqual(one.Metrics, [{ Namespace: 'Many', MetricName: 'm7', Dimensions: [{ Name: 'Index', Value: '7' }] }]);
  await assert.rejects(aws.client.listMetrics({ NextToken: 'forged' }), { name: 'InvalidNextToken' });
});

describe('GetMetricData', () => {
  const stat = (Id: string, MetricName: string, Stat = 'Sum') => ({
    Id,
    MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 60, Stat },
    ReturnData: false,
  });

  async function evaluate(Expression: string): Promise<[seconds: number, value: number][]> {
    await using aws = await startCloudWatch();
    const put = (MetricName: string, minute: number, Value: number) => ({
      MetricName,
      Value,
      Timestamp: at(minute * 60),
    });
    await aws.client.putMetricData({
      Namespace: 'Shop',
      MetricData: [
        put('Errors', 0, 2),
        put('Errors', 2, 1),
        put('Calls', 0, 8),
        put('Calls', 1, 5),
        put('Calls', 2, 0),
      ],
    });
    const { MetricDataResults = [] } = await aws.client.getMetricData({
      MetricDataQueries: [stat('errors', 'Errors'), stat('calls', 'Calls'), { Id: 'result', Expression }],
      StartTime: start,
      EndTime: at(180),
      ScanBy: 'TimestampAscending',
    });
    assert.equal(MetricDataResults.length, 1);
    const { Timestamps = [], Values = [] } = MetricDataResults[0] ?? {};
    return Timestamps.map((time, index) => [(time.getTime() - start.getTime()) / 1000, Values[index] ?? Number.NaN]);
  }

  it('reads metrics, newest first unless told otherwise', async () => {
    await using aws = await startCloudWatch();
    await aws.client.putMetricData({
      Namespace: 'Shop',
      MetricData: [1, 2, 3].map((minute) => ({ MetricName: 'M', Value: minute, Timestamp: at(minute * 60) })),
    });
    const { MetricDataResults } = await aws.client.getMetricData({
      MetricDataQueries: [{ ...stat('m1', 'M'), ReturnData: true, Label: 'mine' }],
      StartTime: start,
      EndTime: at(240),
    });
    assert.deepEqual(MetricDataResults, [
      { Id: 'm1', Label: 'mine', Timestamps: [at(180), at(120), at(60)], Values: [3, 2, 1], StatusCode: 'Complete' },
    ]);
  });

  it('calculates with metrics where both have data', async () => {
    assert.deepEqual(await evaluate('100 * errors / calls'), [[0, 25]]);
    assert.deepEqual(await evaluate('calls - errors * 2 ^ 2'), [
      [0, 0],
      [120, -4],
    ]);
    assert.deepEqual(await evaluate('-(calls + 1)'), [
      [0, -9],
      [60, -6],
      [120, -1],
    ]);
  });

  it('knows FILL, IF, comparisons and folds', async () => {
    assert.deepEqual(await evaluate('FILL(errors, 0) + calls'), [
      [0, 10],
      [60, 5],
      [120, 1],
    ]);
    assert.deepEqual(await evaluate('FILL(errors, REPEAT)'), [
      [0, 2],
      [60, 2],
      [120, 1],
    ]);
    assert.deepEqual(await evaluate('IF(calls > 0, FILL(errors, 0) / calls, 0)'), [
      [0, 0.25],
      [60, 0],
      [120, 0],
    ]);
    assert.deepEqual(await evaluate('SUM([errors, calls])'), [
      [0, 10],
      [60, 5],
      [120, 1],
    ]);
    assert.deepEqual(await evaluate('MAX(METRICS()) - MIN(METRICS())'), [
      [0, 6],
      [60, 0],
      [120, 1],
    ]);
    assert.deepEqual(await evaluate('calls / SUM(calls) * 13'), [
      [0, 8],
      [60, 5],
      [120, 0],
    ]);
  });

  it('refuses what it does not implement by name, and expressions that cannot be', async () => {
    await assert.rejects(evaluate('ANOMALY_DETECTION_BAND(errors, 2)'), /ANOMALY_DETECTION_BAND/);
    await assert.rejects(evaluate('errors +'), /Error in expression/);
    await assert.rejects(evaluate('unknown * 2'), /no metric has the id unknown/);
    await assert.rejects(evaluate('result * 2'), /depend on each other/);
    await assert.rejects(evaluate(`${'('.repeat(500)}errors`), /nested too deeply/);
  });

  it('shares what many expressions read', async () => {
    await using aws = await startCloudWatch();
    aws.cloudwatch.putMetric('Shop', 'M', {}, 1, 'Count');
    const chain = Array.from({ length: 60 }, (_, index) => ({
      Id: `e${index}`,
      Expression: index === 0 ? 'm + m' : `e${index - 1} + e${index - 1}`,
      ReturnData: index === 59,
    }));
    const { MetricDataResults } = await aws.client.getMetricData({
      MetricDataQueries: [stat('m', 'M'), ...chain],
      StartTime: start,
      EndTime: at(60),
    });
    assert.deepEqual(MetricDataResults?.[0]?.Values, [2 ** 60]);
  });
});

describe('the Query protocol', () => {
  const call = async (endpoint: string, form: Record<string, string>): Promise<{ status: number; body: string }> => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/monitoring/aws4_request',
      },
      body: new URLSearchParams({ Version: '2010-08-01', ...form }),
    });
    return { status: response.status, body: await response.text() };
  };

  it('puts and reads metrics', async () => {
    await using aws = await startCloudWatch();
    const put = await call(aws.endpoint, {
      Action: 'PutMetricData',
      Namespace: 'Shop',
      'MetricData.member.1.MetricName': 'M',
      'MetricData.member.1.Value': '2.5',
      'MetricData.member.1.Timestamp': start.toISOString(),
      'MetricData.member.1.Dimensions.member.1.Name': 'A',
      'MetricData.member.1.Dimensions.member.1.Value': '1',
    });
    assert.equal(put.status, 200, put.body);
    const { body } = await call(aws.endpoint, {
      Action: 'GetMetricStatistics',
      Namespace: 'Shop',
      MetricName: 'M',
      'Dimensions.member.1.Name': 'A',
      'Dimensions.member.1.Value': '1',
      StartTime: start.toISOString(),
      EndTime: at(60).toISOString(),
      Period: '60',
      'Statistics.member.1': 'Sum',
      'ExtendedStatistics.member.1': 'p50',
    });
    assert.match(body, /<Timestamp>2026-01-01T00:00:00.000Z<\/Timestamp><Sum>2.5<\/Sum>/);
    assert.match(body, /<ExtendedStatistics><entry><key>p50<\/key><value>2.5<\/value><\/entry><\/ExtendedStatistics>/);
  });

  it('has its own error codes', async () => {
    await using aws = await startCloudWatch();
    const { status, body } = await call(aws.endpoint, { Action: 'GetMetricStatistics', Namespace: 'Shop' });
    assert.equal(status, 400);
    assert.match(body, /<Code>MissingParameter<\/Code><Message>The parameter MetricName is required.<\/Message>/);
  });
});

it('refuses RPC v2 CBOR and actions that it does not have by name', async () => {
  await using aws = await startCloudWatch();
  const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/monitoring/aws4_request';
  const response = await fetch(`${aws.endpoint}/service/GraniteServiceVersion20100801/operation/ListMetrics`, {
    method: 'POST',
    headers: { 'smithy-protocol': 'rpc-v2-cbor', authorization },
    body: new Uint8Array([0xbf, 0xff]),
  });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /rpc-v2-cbor/);
  await assert.rejects(aws.client.putAnomalyDetector({}), /cloudwatch:PutAnomalyDetector/);
});
