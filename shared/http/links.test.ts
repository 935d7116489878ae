import { describe, expect, it } from '@jest/globals';
import { locationOf, nextPageLink } from './links.ts';

// The places where the same function may be found: a stage, a custom domain with a base path, the local endpoint.
const bases = [
  'https://abc.execute-api.us-east-1.amazonaws.com/dev/tasks',
  'https://api.example/tasks',
  'https://api.example/v1/tasks',
  'http://localhost:4566/restapis/abc/local/_user_request_/tasks',
];

describe('the link to the next page', () => {
  it('leads back to the URL of this page, whatever it is', () => {
    for (const base of bases) {
      const { link = '' } = nextPageLink({ limit: 2, isComplete: false, dueBefore: undefined }, 'a+b/c=');
      const [, target = ''] = /^<(.+)>; rel="next"$/.exec(link) ?? [];
      const url = new URL(target, `${base}?limit=2&isComplete=false`);
      expect(url.origin + url.pathname).toBe(base);
      expect([...url.searchParams]).toStrictEqual([
        ['limit', '2'],
        ['isComplete', 'false'],
        ['nextToken', 'a+b/c='],
      ]);
    }
  });

  it('is absent on the last page', () => {
    expect(nextPageLink({ limit: 2 }, undefined)).toStrictEqual({});
  });
});

describe('the location of a new item', () => {
  it('lies below the URL of the collection, with and without a trailing slash', () => {
    for (const base of bases) {
      for (const slash of ['', '/']) {
        const { location = '' } = locationOf(new URL(base + slash).pathname, 'id-1');
        expect(new URL(location, base + slash).href).toBe(`${base}/id-1`);
      }
    }
  });
});
