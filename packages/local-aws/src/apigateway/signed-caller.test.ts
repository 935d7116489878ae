import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuMilliseconds } from '../testing/cpu-time.ts';
import { signerOf } from './signed-caller.ts';

const scope = (service: string): string => `AKIA/20250101/us-east-1/${service}/aws4_request`;
const signed = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=${scope(service)}, SignedHeaders=host;x-amz-date, Signature=5d67`;
const signer = (authorization: string | undefined, query: Record<string, string> = {}): string | undefined =>
  signerOf(authorization, (name) => query[name]);

test('the signer is the access key of a header or of a presigned URL', () => {
  assert.equal(signer(signed('execute-api')), 'AKIA');
  assert.equal(signer(undefined, { 'X-Amz-Credential': scope('execute-api'), 'X-Amz-Signature': '5d67' }), 'AKIA');
});

test('what is not signed, or not for execute-api, has none', () => {
  assert.equal(signer(signed('sqs')), undefined);
  assert.equal(signer(`AWS4-HMAC-SHA256 Credential=${scope('execute-api')}`), undefined);
  assert.equal(signer(`Bearer Credential=${scope('execute-api')}, Signature=5d67`), undefined);
  assert.equal(signer(undefined, { 'X-Amz-Credential': scope('execute-api') }), undefined);
});

test('a header made to be hard to read is read at once', () => {
  const taken = cpuMilliseconds(() => {
    assert.equal(signer(`AWS4-HMAC-SHA256 ${'Credential=a'.repeat(5_000)}`), undefined);
  });
  assert.ok(taken < 500, `${taken} ms`);
});
