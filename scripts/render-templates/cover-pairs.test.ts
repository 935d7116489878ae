import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { coverPairs } from './cover-pairs.ts';

const factors = fc.dictionary(
  fc.constantFrom('stage', 'auth', 'domain', 'logs', 'tables'),
  fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }),
  { minKeys: 2 },
);

test('Every two values of two factors meet', () => {
  fc.assert(
    fc.property(factors, (factors) => {
      const combinations = coverPairs(factors);
      for (const [left, lefts] of Object.entries(factors)) {
        for (const [right, rights] of Object.entries(factors)) {
          if (left === right) continue;
          for (const a of lefts) {
            for (const b of rights) {
              assert.ok(combinations.some((combination) => combination[left] === a && combination[right] === b));
            }
          }
        }
      }
    }),
  );
});

test('A combination has a value of every factor, and there are far fewer than all', () => {
  const values = ['a', 'b', 'c', 'd'];
  const factors = { stage: values, auth: values, domain: values, logs: values, tables: values };
  const combinations = coverPairs(factors);
  for (const combination of combinations)
    assert.deepEqual(Object.keys(combination).sort(), Object.keys(factors).sort());
  assert.ok(combinations.length < 30, `There are ${combinations.length}.`);
});
