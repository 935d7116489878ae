import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import { CredentialStore } from './credentials.ts';
import { checkPresigned, presign } from './presigned-url.ts';

/** What the SDKs give their signer for a hash. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBuffer(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(toBuffer(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

function toBuffer(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

const now = Date.parse('2026-01-02T03:04:05Z');
const store = new CredentialStore();
const role = store.issue('arn:aws:iam::000000000000:role/uploader', 'session');

/** A URL as the SDKs presign it. */
async function signed(service: string, path: string, credentials = role): Promise<URL> {
  const signer = new SignatureV4({
    service,
    region: 'us-east-1',
    credentials,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
    applyChecksum: false,
  });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'http:',
      hostname: 'localhost',
      port: 4566,
      path,
      query: { 'x-id': 'GetObject', 'a b': "c&d*'é", ab: ['2', '1'] },
      headers: { host: 'localhost:4566', ...(service === 's3' && { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }) },
    },
    { signingDate: new Date(now), expiresIn: 60, unhoistableHeaders: new Set(['x-amz-content-sha256']) },
  );
  const url = new URL(`http://localhost:4566${path}`);
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values].flat()) url.searchParams.append(name, value ?? '');
  }
  return url;
}

function check(url: URL, { at = now, headers = {}, method = 'GET' } = {}): string {
  try {
    const request = { method, path: url.pathname, query: url.searchParams, headers: { host: url.host, ...headers } };
    checkPresigned(request, at, (accessKeyId) => store.credentialsOf(accessKeyId));
    return 'right';
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${String(error.code)}: ${error.message}` : String(error);
  }
}

function changed(url: URL, name: string, value: string | undefined): URL {
  const copy = new URL(url);
  if (value === undefined) copy.searchParams.delete(name);
  else copy.searchParams.set(name, value);
  return copy;
}

const paths = ['/a/b/', '/bucket/folder/a%20b%2B%C3%A9!(1).txt', '/', '/a//b'];

for (const path of paths) {
  test(`a URL for S3 that the SDK presigns is right: ${path}`, async () => {
    const url = await signed('s3', path);
    // The S3 client sends no such header with a presigned URL, and S3 takes its value for granted.
    const names = url.searchParams.get('X-Amz-SignedHeaders');
    const headers = names?.includes('sha256') ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {};
    assert.equal(check(url, { headers }), 'right');
    assert.match(check(url, { headers, method: 'PUT' }), /^SignatureDoesNotMatch/);
  });

  test(`a URL for execute-api that the SDK presigns is right: ${path}`, async () => {
    assert.equal(check(await signed('execute-api', path)), 'right');
  });
}

test('a URL that is changed after it was signed is refused', async () => {
  const url = await signed('execute-api', '/x');
  for (const [name, value] of [
    ['ab', '3'],
    ['more', '1'],
    ['X-Amz-Expires', '61'],
    ['X-Amz-Signature', '0'.repeat(64)],
    ['X-Amz-Signature', 'short'],
    ['X-Amz-Security-Token', undefined],
    ['X-Amz-Security-Token', 'other'],
  ] as const) {
    assert.match(check(changed(url, name, value)), /^SignatureDoesNotMatch/, name);
  }
  assert.match(check(new URL(url.href.replace('/x?', '/y?'))), /^SignatureDoesNotMatch/);
  assert.match(check(new URL(url.href.replace('localhost', 'other.localhost'))), /^SignatureDoesNotMatch/);
});

test('a URL has to have the form of a presigned one', async () => {
  const url = await signed('execute-api', '/x', { ...role, accessKeyId: 'test' });
  for (const [name, value] of [
    ['X-Amz-Signature', undefined],
    ['X-Amz-Signature', ''],
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA1'],
    ['X-Amz-Date', undefined],
    ['X-Amz-Date', '20260103T030405Z'],
    ['X-Amz-Date', '20261302T030405Z'],
    ['X-Amz-Credential', 'test/20260102/us-east-1/execute-api'],
    ['X-Amz-Expires', '604801'],
    ['X-Amz-Expires', '-1'],
    ['X-Amz-Expires', 'x'],
  ] as const) {
    assert.match(check(changed(url, name, value)), /^AuthorizationQueryParametersError/, `${name} ${value}`);
  }
  assert.equal(check(url), 'right');
});

test('a URL is right from when it was signed until it expires', async () => {
  const url = await signed('execute-api', '/x');
  assert.equal(check(url, { at: now + 60_000 }), 'right');
  assert.equal(check(url, { at: now + 60_001 }), 'AccessDenied: Request has expired');
  assert.equal(check(url, { at: now - 20 * 60_000 }), 'AccessDenied: Request is not valid yet');
});

test('the signature covers the host and every header of AWS', async () => {
  const url = await signed('execute-api', '/x');
  const refusal = 'AccessDenied: There were headers present in the request which were not signed';
  assert.equal(check(url, { headers: { 'x-amz-acl': 'public-read' } }), refusal);
  assert.equal(check(changed(url, 'X-Amz-SignedHeaders', 'accept')), refusal);
  assert.equal(check(url, { headers: { accept: '*/*' } }), 'right');
});

test('the endpoint can presign for itself', () => {
  const call = { method: 'GET', region: 'us-east-1', service: 'lambda', now, expires: 600 };
  const url = presign(new URL('http://localhost:4566/functions/arn%3Aaws%3Alambda/code'), call, store.own);
  assert.equal(check(url), 'right');
  assert.match(check(url, { method: 'POST' }), /^SignatureDoesNotMatch/);
});

test('signature version 2 is checked in form and for its time', () => {
  const url = new URL(`http://localhost:4566/b/k?AWSAccessKeyId=test&Signature=x&Expires=${now / 1000 + 60}`);
  assert.equal(check(url), 'right');
  assert.match(check(url, { at: now + 61_000 }), /has expired/);
  for (const name of ['Signature', 'Expires']) {
    assert.match(check(changed(url, name, undefined)), /requires the Signature, Expires/);
  }
});
