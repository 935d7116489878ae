import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arnLike } from './resource-policy.ts';

const cases: [pattern: string, arn: string, expected: boolean][] = [
  ['arn:aws:sqs:us-east-1:1:q', 'arn:aws:sqs:us-east-1:1:q', true],
  ['arn:aws:sqs:us-east-1:1:q', 'arn:aws:sqs:us-east-1:1:queue', false],
  ['arn:aws:sqs:*:*:q?', 'arn:aws:sqs:eu-west-1:2:q1', true],
  ['arn:aws:*', 'arn:aws:sqs:eu-west-1:2:q1', false],
  ['arn:aws:execute-api:us-east-1:1:abc/*/GET/*', 'arn:aws:execute-api:us-east-1:1:abc/local/GET/a/b', true],
  ['arn:aws:execute-api:us-east-1:1:abc/*/GET/*', 'arn:aws:execute-api:us-east-1:1:abd/local/GET/a', false],
  ['arn:aws:s3:::bucket', 'arn:aws:s3:::bucket', true],
  ['arn:aws:s3:::b.cket', 'arn:aws:s3:::bucket', false],
  ['arn:aws:logs:us-east-1:1:log-group:a:*', 'arn:aws:logs:us-east-1:1:log-group:a:stream', true],
];
for (const [pattern, arn, expected] of cases) {
  test(`${pattern} ${expected ? 'is like' : 'is not like'} ${arn}`, () =>
    assert.equal(arnLike(pattern, arn), expected));
}
