import { expect, test } from '@jest/globals';
import * as z from 'zod';
import type { Resource } from './template.ts';
import { requireTls } from './transport.ts';

const policySchema = z.record(
  z.string(),
  z.looseObject({
    Type: z.string(),
    Condition: z.string().optional(),
    Properties: z
      .looseObject({ PolicyDocument: z.looseObject({ Statement: z.array(z.looseObject({})) }).optional() })
      .optional(),
  }),
);

function guarded(Resources: Record<string, Resource>): z.infer<typeof policySchema> {
  requireTls({ Resources }, { note: () => {} });
  return policySchema.parse(Resources);
}

const denial = (Action: string, Resource: unknown) => ({
  Sid: 'TlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action,
  Resource,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

test('queues, topics and buckets refuse plain HTTP', () => {
  const resources = guarded({
    Queue: { Type: 'AWS::SQS::Queue' },
    Topic: { Type: 'AWS::SNS::Topic' },
    Bucket: { Type: 'AWS::S3::Bucket' },
  });
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
  for (const [id, Type, target, statement] of [
    ['Queue', 'AWS::SQS::QueuePolicy', { Queues: [{ Ref: 'Queue' }] }, denial('sqs:*', arn('Queue'))],
    ['Topic', 'AWS::SNS::TopicPolicy', { Topics: [{ Ref: 'Topic' }] }, denial('sns:Publish', { Ref: 'Topic' })],
    [
      'Bucket',
      'AWS::S3::BucketPolicy',
      { Bucket: { Ref: 'Bucket' } },
      denial('s3:*', [arn('Bucket'), { 'Fn::Sub': `\${Bucket.Arn}/*` }]),
    ],
  ] as const) {
    expect(resources[`${id}Policy`]).toStrictEqual({
      Type,
      Properties: { ...target, PolicyDocument: { Version: '2012-10-17', Statement: [statement] } },
    });
  }
});

test('a policy that the template has gets the statement, since only one counts', () => {
  const own = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: '*',
  };
  const resources = guarded({
    Queue: { Type: 'AWS::SQS::Queue' },
    Own: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: { Version: '2012-10-17', Statement: own } },
    },
  });
  expect(Object.keys(resources)).toStrictEqual(['Queue', 'Own']);
  expect(resources.Own?.Properties?.PolicyDocument?.Statement).toStrictEqual([
    own,
    denial('sqs:*', { 'Fn::GetAtt': ['Queue', 'Arn'] }),
  ]);
});

test('a policy that refuses plain HTTP already stays as it is', () => {
  const Statement = [{ ...denial('s3:*', '*'), Condition: { Bool: { 'aws:SecureTransport': false } } }];
  const resources = guarded({
    Bucket: { Type: 'AWS::S3::Bucket' },
    Own: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: { Statement } } },
  });
  expect(Object.keys(resources)).toStrictEqual(['Bucket', 'Own']);
  expect(resources.Own?.Properties?.PolicyDocument?.Statement).toStrictEqual(Statement);
});

test('the policy of a queue by a condition has the same condition', () => {
  const { QueuePolicy } = guarded({ Queue: { Type: 'AWS::SQS::Queue', Condition: 'OnDev' } });
  expect(QueuePolicy?.Condition).toBe('OnDev');
});

test('a policy does not replace a resource that has its logical id', () => {
  const resources = { Queue: { Type: 'AWS::SQS::Queue' }, QueuePolicy: { Type: 'AWS::IAM::ManagedPolicy' } };
  expect(() => guarded(resources)).toThrow(
    'Resources.QueuePolicy: the plugin adds a policy for Queue with this logical id.',
  );
});
