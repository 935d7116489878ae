import { expect, test } from '@jest/globals';
import { restrictDeadLetters } from './dead-letters.ts';
import type { Resource } from './template.ts';

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const queue = (Properties: Record<string, unknown> = {}): Resource => ({ Type: 'AWS::SQS::Queue', Properties });
const to = (id: string) => ({ RedrivePolicy: { deadLetterTargetArn: arn(id), maxReceiveCount: 5 } });

function restricted(Resources: Record<string, Resource>): Record<string, Resource> {
  restrictDeadLetters({ Resources }, { name: 'shop', stage: 'dev', note: () => {} });
  return Resources;
}

const allowed = (resource: Resource | undefined) => resource?.Properties?.RedriveAllowPolicy;

test('a queue takes the dead letters of the queues that redrive to it, and of no other', () => {
  const { Front, Dead, Other } = restricted({ Front: queue(to('Dead')), Dead: queue(), Other: queue() });
  expect(allowed(Front)).toStrictEqual({ redrivePermission: 'denyAll' });
  expect(allowed(Other)).toStrictEqual({ redrivePermission: 'denyAll' });
  const { QueueName } = Front?.Properties ?? {};
  const parts = ['arn', { Ref: 'AWS::Partition' }, 'sqs', { Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, QueueName];
  expect(allowed(Dead)).toStrictEqual({
    redrivePermission: 'byQueue',
    sourceQueueArns: [{ 'Fn::Join': [':', parts] }],
  });
});

test('a dead-letter queue does not refer to its source, which refers to it', () => {
  const { Dead } = restricted({ Front: queue(to('Dead')), Dead: queue() });
  expect(JSON.stringify(Dead)).not.toMatch(/"Front"/);
});

test('only queues that redrive get names, another in each stack, and a FIFO queue one that ends in .fifo', () => {
  const { Front, Orders, Dead } = restricted({
    Front: queue(to('Dead')),
    Orders: queue({ ...to('Dead'), FifoQueue: true }),
    Dead: queue(),
  });
  expect(JSON.stringify(Front?.Properties?.QueueName)).toMatch(/"shop-dev-Front-",.*"AWS::StackId"/);
  expect(JSON.stringify(Orders?.Properties?.QueueName)).toMatch(/"\.fifo"\]\]\}$/);
  expect(Dead?.Properties?.QueueName).toBeUndefined();
});

test('a name that SQS would refuse is refused, with what to do', () => {
  const long = { [`Front${'x'.repeat(60)}`]: queue(to('Dead')), Dead: queue() };
  expect(() => restricted(long)).toThrow(/^Resources\.Frontx+: SQS allows 80 characters .* Set QueueName/);
});

test('a name and a policy of its own stay', () => {
  const { Front, Dead, Open } = restricted({
    Front: queue({ ...to('Dead'), QueueName: 'front' }),
    Dead: queue(),
    Open: queue({ RedriveAllowPolicy: { redrivePermission: 'allowAll' } }),
  });
  expect(Front?.Properties?.QueueName).toBe('front');
  expect(JSON.stringify(allowed(Dead))).toMatch(/,"front"\]/);
  expect(allowed(Open)).toStrictEqual({ redrivePermission: 'allowAll' });
});
