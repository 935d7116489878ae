import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signerOf } from './signed-caller.ts';

const signed = (credential: string): string =>
  `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=5d67`;

test('the signer is the access key of a header or of a presigned URL', () => {
  assert.equal(signerOf(signed('AKIA/20250101/us-east-1/execute-api/aws4_request'), undefined), 'AKIA');
  assert.equal(signerOf(undefined, 'AKIA/20250101/us-east-1/execute-api/aws4_request'), 'AKIA');
});

test('what is not signed for execute-api has none', () => {
  assert.equal(signerOf(signed('AKIA/20250101/us-east-1/sqs/aws4_request'), undefined), undefined);
  assert.equal(signerOf('AWS4-HMAC-SHA256 Credential=AKIA/20250101/us-east-1/execute-api/aws4_request', ''), undefined);
  assert.equal(signerOf('Bearer Credential=AKIA/1/us-east-1/execute-api/x Signature=1', undefined), undefined);
});

test('a header made to be hard to read is read at once', { timeout: 5_000 }, () => {
  assert.equal(signerOf(`AWS4-HMAC-SHA256 ${'Credential=a'.repeat(5_000)}`, undefined), undefined);
});
