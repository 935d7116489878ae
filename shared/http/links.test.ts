import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
      assert.equal(url.origin + url.pathname, base);
      assert.deepEqual(
        [...url.searchParams],
        [
          ['limit', '2'],
          ['isComplete', 'false'],
          ['nextToken', 'a+b/c='],
        ],
      );
    }
  });

  it('is absent on the last page', () => {
    assert.deepEqual(nextPageLink({ limit: 2 }, undefined), {});
  });
});

describe('the location of a new item', () => {
  it('lies below the URL of the collection, with and without a trailing slash', () => {
    for (const base of bases) {
      for (const slash of ['', '/']) {
        const { location = '' } = locationOf(new URL(base + slash).pathname, 'id-1');
        assert.equal(new URL(location, base + slash).href, `${base}/id-1`);
      }
    }
  });
});
