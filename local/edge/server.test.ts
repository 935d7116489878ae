import assert from 'node:assert/strict';
import { get } from 'node:http';
import { type TestContext, test } from 'node:test';
import { CredentialStore } from '../core/credentials.ts';
import { startEdge } from './server.ts';

const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
const call = (service: string): string =>
  `/?Action=CreateTopic&X-Amz-Credential=test/20260101/us-east-1/${service}/aws4_request`;

async function start(t: TestContext) {
  const called: string[] = [];
  const edge = await startEdge({
    port: 0,
    apis: Object.fromEntries(
      ['sns', 's3'].map((service) => [
        service,
        async () => {
          called.push(service);
          return { status: 200, headers: {}, body: '' };
        },
      ]),
    ),
    frontends: [],
    pages: { '/_local/page': () => ({}) },
    credentials: new CredentialStore(),
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => edge.close());
  const status = (path: string, headers: Record<string, string> = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      get({ port: edge.port, host: '127.0.0.1', path, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on('error', reject);
    });
  return { status, called };
}

test('a link of another site leads to pages and objects, and calls no action', async (t) => {
  const { status, called } = await start(t);
  assert.deepEqual([await status('/_local/page', link), await status(call('s3'), link)], [200, 200]);
  assert.equal(await status(call('sns'), link), 403);
  assert.deepEqual(called, ['s3']);
  assert.equal(await status(call('sns')), 200);
});

test('a page of another origin reads nothing', async (t) => {
  const { status } = await start(t);
  for (const origin of ['https://evil.example', 'https://bucket.s3.amazonaws.com']) {
    assert.equal(await status('/_local/page', { origin }), 403, origin);
  }
  assert.equal(await status('/_local/page', { origin: 'http://localhost:3000' }), 200);
});

test('the host of a whole URL counts, as proxies are asked', async (t) => {
  const { status, called } = await start(t);
  assert.equal(await status('http://localhost:4566/_local/page?a=b', { host: 'elsewhere' }), 200);
  assert.equal(await status('http://bucket.s3.localhost:4566', { host: 'localhost' }), 200);
  assert.deepEqual(called, ['s3']);
});
