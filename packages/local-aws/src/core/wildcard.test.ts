import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileWildcard } from './wildcard.ts';

test('a wildcard pattern matches exactly what its regular expression matches', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.', '😀'), maxLength: 10 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n', '😀'), maxLength: 12 });
  fc.assert(
    fc.property(pattern, text, (wildcard, subject) => {
      const source = wildcard.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
      assert.equal(compileWildcard(wildcard)(subject), new RegExp(`^${source}$`, 'su').test(subject));
    }),
    { numRuns: 2000 },
  );
});

test('a text that is longer than anything of AWS matches stars only', () => {
  const text = 'a'.repeat(20_000);
  assert.equal(compileWildcard('*')(text), true);
  assert.equal(compileWildcard('a*')(text), false);
});
