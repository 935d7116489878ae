import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { idleUsage } from './idle-usage.ts';
import { measureIdle } from './measure-idle.ts';
import { readPriceList } from './price-list.ts';
import { readRecord } from './record.ts';

const priceList = readPriceList();
const usageOf = (Type: string, Properties: object = {}) =>
  idleUsage({ Resources: { One: { Type, Properties: { ...Properties } } } }, priceList);

it('usage.json has what the templates use without requests; npm run cost -- --measure writes it', async () => {
  expect(await measureIdle(join(import.meta.dirname, '..', '..'), priceList)).toStrictEqual(readRecord().idle);
});

it('an alarm counts for each metric that it reads', () => {
  const Metrics = [
    { Id: 'rate', Expression: 'a / b' },
    { Id: 'a', MetricStat: {} },
    { Id: 'b', MetricStat: {} },
  ];
  expect(usageOf('AWS::CloudWatch::Alarm', { Metrics })).toStrictEqual({ alarmMetric: 2 });
  expect(usageOf('AWS::CloudWatch::Alarm', { MetricName: 'Errors' })).toStrictEqual({ alarmMetric: 1 });
});

it('polls of a queue by a mapping are billed, reads of a stream are free', () => {
  const queue = { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] } };
  const stream = { EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] } };
  expect(usageOf('AWS::Lambda::EventSourceMapping', queue)).toStrictEqual({ sqsRequest: 657_000 });
  expect(usageOf('AWS::Lambda::EventSourceMapping', stream)).toStrictEqual({});
});

it('names a type of resource whose cost is not known', () => {
  expect(() => usageOf('AWS::Redshift::Cluster')).toThrow(/One, AWS::Redshift::Cluster/);
});
