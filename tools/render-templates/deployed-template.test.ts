import { expect, test } from '@jest/globals';
import { isTrue } from './condition-value.ts';
import { deployedTemplate } from './deployed-template.ts';

const Conditions = {
  On: { 'Fn::Equals': ['auth is jwt', 'auth is jwt'] },
  Off: { 'Fn::Equals': ['auth is jwt', 'auth is iam'] },
  Neither: { 'Fn::Not': [{ 'Fn::Or': [{ Condition: 'Off' }, { Condition: 'Off' }] }] },
  Both: { 'Fn::And': [{ Condition: 'On' }, { Condition: 'Neither' }] },
  Elsewhere: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
};

test('Conditions are decided by the texts in them', () => {
  const decided = ['On', 'Off', 'Neither', 'Both'].map((name) => isTrue(name, { Conditions }));
  expect(decided).toStrictEqual([true, false, true, true]);
});

test('A condition that only a deploy decides, and one that is not there, are named', () => {
  expect(() => isTrue('Elsewhere', { Conditions })).toThrow(/Elsewhere is not known/);
  expect(() => isTrue('Lost', { Conditions })).toThrow(/no condition Lost/);
});

test('What its condition leaves out is gone, and of each choice one branch stays', () => {
  const noValue = { Ref: 'AWS::NoValue' };
  const deployed = deployedTemplate({
    Conditions,
    Resources: {
      Topic: {
        Type: 'AWS::SNS::Topic',
        Condition: 'Both',
        Properties: {
          DisplayName: { 'Fn::If': ['Off', 'a', { 'Fn::If': ['On', 'b', 'c'] }] },
          TopicName: { 'Fn::If': ['On', noValue, 'd'] },
          Tags: [noValue, { Key: 'k', Value: { 'Fn::If': ['Off', noValue, 'v'] } }],
        },
      },
      Queue: { Type: 'AWS::SQS::Queue', Condition: 'Off' },
      Bucket: { Type: 'AWS::S3::Bucket', DependsOn: ['Topic', 'Queue', 'Lost'] },
    },
    Outputs: { Queue: { Condition: 'Off', Value: { Ref: 'Queue' } }, Topic: { Value: { Ref: 'Topic' } } },
  });
  expect(deployed).toStrictEqual({
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'b', Tags: [{ Key: 'k', Value: 'v' }] } },
      Bucket: { Type: 'AWS::S3::Bucket', DependsOn: ['Topic', 'Lost'] },
    },
    Outputs: { Topic: { Value: { Ref: 'Topic' } } },
  });
});
