import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foreignPage } from './foreign-page.ts';

const isForeign = (host: string, headers = {}, isReadByGet = true) =>
  foreignPage({ host, headers, isReadByGet }) !== undefined;

test('programs, and pages of this machine, are let in', () => {
  for (const host of [
    'localhost',
    '127.0.0.1',
    '[::1]',
    'bucket.s3.localhost',
    'localhost.localstack.cloud',
    'sqs.us-east-1.amazonaws.com',
    'host.docker.internal',
  ]) {
    assert.equal(isForeign(host), false, host);
  }
  for (const origin of ['http://localhost:3000', 'https://127.0.0.1', 'http://app.localhost:5173', 'http://[::1]:80']) {
    assert.equal(isForeign('localhost', { origin, 'sec-fetch-site': 'same-site' }), false, origin);
  }
  assert.equal(isForeign('localhost', { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'cross-site' }), false);
});

test('a link on any page may lead here', () => {
  assert.equal(isForeign('localhost', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }), false);
});

test('but not to a call that may change something', () => {
  assert.ok(isForeign('localhost', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, false));
});

test('pages of other sites are not', () => {
  for (const origin of [
    'https://evil.example',
    'null',
    '',
    'http://localhost.evil.example',
    'http://127.0.0.1.nip.io',
    'https://bucket.s3.amazonaws.com',
    'https://app.localstack.cloud',
  ]) {
    assert.ok(isForeign('localhost', { origin }), origin);
  }
  assert.ok(isForeign('localhost', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }));
});

test('nor those whose own name leads here', () => {
  for (const host of ['evil.example', 'localhost.evil.example', 'notlocalhost', '127.0.0.1.nip.io', '']) {
    assert.ok(isForeign(host), host);
  }
});
