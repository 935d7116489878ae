import type { AwsCaller } from '../aws-call.ts';
import { type Area, times } from './area.ts';

const at = (group: string) => ({ logGroupName: group, logStreamName: 'stream' });
const recent = () => Date.now() - 60_000;

export const logs: Area = {
  name: '100,000 log groups, 100,000 log events',
  async prepare(aws) {
    await createGroup(aws, '/bench/full');
    await aws.json('Logs_20140328.CreateLogStream', at('/bench/full'));
    await put(
      aws,
      '/bench/full',
      Array.from({ length: 100 }, (_, index) => `recent ${index}`),
    );
  },
  async fill(aws) {
    await times(100_000, (index) => createGroup(aws, `/group/${index}`));
    await times(10, async (index) => {
      await aws.json('Logs_20140328.CreateLogStream', at(`/group/${index}`));
      await put(
        aws,
        `/group/${index}`,
        Array.from({ length: 10_000 }, (_, event) => `old event ${event}`),
      );
    });
    for (let batch = 0; batch < 10; batch += 1) {
      const old = Date.now() - 3_600_000;
      await put(
        aws,
        '/bench/full',
        Array.from({ length: 1_000 }, (_, event) => `old event ${event}`),
        old,
      );
    }
  },
  operations: {
    PutLogEvents: (aws, index) => put(aws, '/bench/full', [`event ${index}`]),
    'GetLogEvents, a page of 10': (aws) => aws.json('Logs_20140328.GetLogEvents', { ...at('/bench/full'), limit: 10 }),
    'FilterLogEvents of the last minute, a page of 10': (aws) =>
      aws.json('Logs_20140328.FilterLogEvents', { logGroupName: '/bench/full', startTime: recent(), limit: 10 }),
    'DescribeLogGroups, a page of 10': (aws) => aws.json('Logs_20140328.DescribeLogGroups', { limit: 10 }),
    'CreateLogGroup and DeleteLogGroup': async (aws) => {
      await createGroup(aws, '/passing');
      await aws.json('Logs_20140328.DeleteLogGroup', { logGroupName: '/passing' });
    },
  },
};

function createGroup(aws: AwsCaller, logGroupName: string): Promise<object> {
  return aws.json('Logs_20140328.CreateLogGroup', { logGroupName });
}

function put(aws: AwsCaller, group: string, messages: readonly string[], timestamp = Date.now()): Promise<object> {
  const logEvents = messages.map((message) => ({ timestamp, message }));
  return aws.json('Logs_20140328.PutLogEvents', { ...at(group), logEvents });
}
