import type { AwsCaller } from '../aws-call.ts';
import { type Area, times } from './area.ts';

const topic = (name: string): string => `arn:aws:sns:us-east-1:000000000000:${name}`;
const queue = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;

export const topics: Area = {
  name: '10,000 subscriptions of one topic, 1,000 topics',
  async prepare(aws) {
    for (const name of ['quiet', 'crowded']) await aws.query('sns', { Action: 'CreateTopic', Name: name });
  },
  async fill(aws) {
    await times(1_000, (index) => aws.query('sns', { Action: 'CreateTopic', Name: `topic-${index}` }));
    await times(10_000, (index) => subscribe(aws, 'crowded', `subscriber-${index}`));
  },
  operations: {
    'Publish to another topic': (aws) =>
      aws.query('sns', { Action: 'Publish', TopicArn: topic('quiet'), Message: 'x' }),
    'Subscribe and Unsubscribe': async (aws) => {
      const answer = await subscribe(aws, 'crowded', 'passing');
      const SubscriptionArn = /<SubscriptionArn>([^<]+)/.exec(answer)?.[1] ?? '';
      await aws.query('sns', { Action: 'Unsubscribe', SubscriptionArn });
    },
    GetTopicAttributes: (aws) => aws.query('sns', { Action: 'GetTopicAttributes', TopicArn: topic('crowded') }),
    'CreateTopic and DeleteTopic': async (aws) => {
      await aws.query('sns', { Action: 'CreateTopic', Name: 'passing' });
      await aws.query('sns', { Action: 'DeleteTopic', TopicArn: topic('passing') });
    },
  },
};

function subscribe(aws: AwsCaller, name: string, endpoint: string): Promise<string> {
  return aws.query('sns', { Action: 'Subscribe', TopicArn: topic(name), Protocol: 'sqs', Endpoint: queue(endpoint) });
}
