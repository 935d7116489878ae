import { expect, test } from '@jest/globals';
import { once } from './once.ts';

test('what is built once is kept, and a failure is not', () => {
  let builds = 0;
  const build = once(() => {
    builds += 1;
    if (builds === 1) throw new Error('not yet');
    return { builds };
  });
  expect(build).toThrow(/not yet/);
  expect(build()).toBe(build());
  expect(builds).toBe(2);
});
