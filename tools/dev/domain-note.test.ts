import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainNote } from './domain-note.ts';

const endpoint = 'http://localhost:4566/_aws/execute-api/abc123/local';
const at = (name: string) => [{ url: `http://${name}:4566/tasks`, endpoint }];
const nowhere = () => Promise.reject(new Error('ENOTFOUND'));

test('nothing is said of a domain that leads to this machine, nor where there is none', async () => {
  assert.equal(await domainNote(at('api.localhost'), async () => ['::1', '127.0.0.1']), undefined);
  assert.equal(await domainNote([{ url: endpoint, endpoint }], nowhere), undefined);
  assert.equal(await domainNote([], nowhere), undefined);
});

test('a name below localhost that the system does not resolve is reached by curl and browsers', async () => {
  const note = (await domainNote(at('api.localhost'), nowhere)) ?? '';
  assert.match(note, /^api\.localhost does not lead here by itself: curl and browsers reach it all the same/);
  assert.match(note, /_aws\/execute-api\/abc123\/local and the like, which http:\/\/localhost:4566\/_local\/apis/);
});

test('a name that leads elsewhere is given to curl with its address', async () => {
  const note = await domainNote(at('api.example.com'), async () => ['203.0.113.7']);
  assert.match(note ?? '', /curl takes --resolve api\.example\.com:4566:127\.0\.0\.1/);
});
