import { expect, test } from '@jest/globals';
import { domainNote } from './domain-note.ts';

const endpoint = 'http://localhost:4566/_aws/execute-api/abc123/local';
const at = (name: string) => [{ url: `http://${name}:4566/tasks`, endpoint }];
const nowhere = () => Promise.reject(new Error('ENOTFOUND'));

test('nothing is said of a domain that leads to this machine, nor where there is none', async () => {
  expect(await domainNote(at('api.localhost'), async () => ['::1', '127.0.0.1'])).toBeUndefined();
  expect(await domainNote([{ url: endpoint, endpoint }], nowhere)).toBeUndefined();
  expect(await domainNote([], nowhere)).toBeUndefined();
});

test('a name below localhost that the system does not resolve is reached by curl and browsers', async () => {
  const note = await domainNote(at('api.localhost'), nowhere);
  expect(note).toMatch(/^api\.localhost does not lead here by itself: curl and browsers reach it all the same/);
  expect(note).toMatch(/_aws\/execute-api\/abc123\/local and the like, which http:\/\/localhost:4566\/_local\/apis/);
});

test('a name that leads elsewhere is given to curl with its address', async () => {
  const note = await domainNote(at('api.example.com'), async () => ['203.0.113.7']);
  expect(note).toMatch(/curl takes --resolve api\.example\.com:4566:127\.0\.0\.1/);
});
