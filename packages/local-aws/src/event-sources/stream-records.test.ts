import assert from 'node:assert/strict';
import { test } from 'node:test';
import { streamRecords } from './stream-records.ts';

const streamArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/tasks/stream/2026-01-01T00:00:00.000';
const record = {
  eventID: 'e1',
  eventName: 'REMOVE',
  dynamodb: {
    SequenceNumber: '000000000000000000001',
    ApproximateCreationDateTime: 1_767_225_600,
    Keys: { id: { S: '1' } },
  },
};

test('a function sees a record with the ARN of its stream', () => {
  assert.deepEqual(streamRecords([record], streamArn)[0]?.event, { ...record, eventSourceARN: streamArn });
});

test('a function receives an expired item in the form that Lambda uses', () => {
  const expired = { ...record, userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' } };
  const [seen] = streamRecords([expired], streamArn);
  assert.deepEqual(seen?.event, {
    ...record,
    userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    eventSourceARN: streamArn,
  });
});
