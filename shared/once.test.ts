import assert from 'node:assert/strict';
import { test } from 'node:test';
import { once } from './once.ts';

test('what is built once is kept, and a failure is not', () => {
  let builds = 0;
  const build = once(() => {
    builds += 1;
    if (builds === 1) throw new Error('not yet');
    return { builds };
  });
  assert.throws(build, /not yet/);
  assert.equal(build(), build());
  assert.equal(builds, 2);
});
