import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requesterOf } from './requester.ts';

const authority = { name: 'localhost', port: '4566' };
const requester = (headers: Record<string, string>, method = 'GET') => requesterOf({ authority, method, headers });

test('programs name no page', () => {
  assert.equal(requester({}), 'program');
  // Node's fetch.
  assert.equal(requester({ 'sec-fetch-mode': 'cors' }, 'POST'), 'program');
});

test('a page has the same origin by name and port', () => {
  assert.equal(requester({ origin: 'http://localhost:4566' }, 'POST'), 'same-origin');
  assert.equal(requester({ 'sec-fetch-site': 'same-origin' }), 'same-origin');
  assert.equal(requester({ origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }, 'POST'), 'local-page');
});

test('pages of loopback names are local', () => {
  for (const origin of ['http://localhost', 'https://127.0.0.1', 'http://app.localhost:5173', 'http://[::1]:80']) {
    assert.equal(requester({ origin, 'sec-fetch-site': 'cross-site' }, 'POST'), 'local-page', origin);
    assert.equal(requester({ referer: `${origin}/a`, 'sec-fetch-site': 'cross-site' }), 'local-page', origin);
    assert.equal(requester({ origin: 'null', referer: `${origin}/a` }, 'POST'), 'local-page', origin);
  }
});

test('all other pages are foreign', () => {
  for (const origin of [
    'https://evil.example',
    'null',
    '',
    'http://localhost.evil.example',
    'http://127.0.0.1.nip.io',
    'https://bucket.s3.amazonaws.com',
    'http://localhost.localstack.cloud:4566',
  ]) {
    assert.equal(requester({ origin }, 'POST'), 'foreign-page', origin);
  }
  assert.equal(requester({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }), 'foreign-page');
  const page = { origin: 'https://evil.example', referer: 'http://localhost:4566/' };
  assert.equal(requester({ ...page, 'sec-fetch-site': 'same-origin' }, 'POST'), 'foreign-page');
});

test('a link is a navigation, a frame or a form is not', () => {
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  assert.equal(requester(link), 'navigation');
  assert.equal(requester({ 'sec-fetch-site': 'none' }), 'navigation');
  assert.equal(requester({ ...link, 'sec-fetch-dest': 'iframe' }), 'foreign-page');
  assert.equal(requester(link, 'POST'), 'foreign-page');
});
