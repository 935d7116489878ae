import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { coverPairs } from './cover-pairs.ts';

const factors = fc.dictionary(
  fc.constantFrom('stage', 'auth', 'domain', 'logs', 'tables'),
  fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }),
  { minKeys: 2 },
);

test('Every two values of two factors meet, in what is given or what is added', () => {
  fc.assert(
    fc.property(factors, fc.boolean(), (factors, isGiven) => {
      const first = Object.fromEntries(Object.entries(factors).map(([name, [value = '']]) => [name, value]));
      const given = isGiven ? [first] : [];
      const combinations = [...given, ...coverPairs(factors, given)];
      for (const [left, lefts] of Object.entries(factors)) {
        for (const [right, rights] of Object.entries(factors)) {
          if (left === right) continue;
          for (const a of lefts) {
            for (const b of rights) {
              expect(combinations.some((combination) => combination[left] === a && combination[right] === b)).toBe(
                true,
              );
            }
          }
        }
      }
    }),
  );
});

test('Pairs that are given anyway take no combination', () => {
  const factors = { stage: ['dev', 'prod'], auth: ['none', 'jwt'] };
  const all = coverPairs(factors);
  expect(all).toHaveLength(4);
  expect(coverPairs(factors, all.slice(1))).toStrictEqual(all.slice(0, 1));
});

test('A combination has a value of every factor, and there are far fewer than all', () => {
  const values = ['a', 'b', 'c', 'd'];
  const factors = { stage: values, auth: values, domain: values, logs: values, tables: values };
  const combinations = coverPairs(factors);
  for (const combination of combinations)
    expect(Object.keys(combination).sort()).toStrictEqual(Object.keys(factors).sort());
  expect(combinations.length).toBeLessThan(30);
});
