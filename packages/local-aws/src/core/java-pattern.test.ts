import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileJavaPattern } from './java-pattern.ts';
import { LinearPattern, PatternError } from './linear-pattern.ts';

/** Patterns that `RegExp` and Java read alike and that do not backtrack. */
const atom = fc.constantFrom('a', 'b', '[ab]', '[^a]', '\\d', '\\w', '.', '(?:ab|c)', '[a-c0-9_]', '\\.');
const quantified = fc
  .tuple(atom, fc.constantFrom('', '', '?', '*', '+', '{2}', '{0,3}'))
  .map((parts) => parts.join(''));
const benignPattern = fc
  .array(
    fc.array(quantified, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((branches) => branches.join('|'));
const shortText = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '_', '-', '.', ' '), maxLength: 12 });

test('a pattern matches the whole text exactly when RegExp does', () => {
  fc.assert(
    fc.property(benignPattern, shortText, (pattern, text) => {
      assert.equal(compileJavaPattern(pattern).matchesWhole(text), new RegExp(`^(?:${pattern})$`, 'u').test(text));
    }),
    { numRuns: 2000 },
  );
});

test('a pattern is found where RegExp finds it, with the same matches', () => {
  fc.assert(
    fc.property(benignPattern, shortText, (pattern, text) => {
      const found = [...compileJavaPattern(pattern).matchAll(text)].map((match) => [match.index, match[0]]);
      const expected = [...text.matchAll(new RegExp(pattern, 'gu'))].map((match) => [match.index, match[0]]);
      assert.deepEqual(found, expected);
      assert.equal(LinearPattern.compile(pattern).test(text), new RegExp(pattern, 'u').test(text));
    }),
    { numRuns: 2000 },
  );
});

test('the Java dialect is understood', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['\\p{Alpha}+', 'abc', true],
    ['\\P{Digit}+', 'ab1', false],
    ['[\\p{Alnum}_]+', 'a_1', true],
    ['\\p{IsGreek}', 'λ', true],
    ['\\Qa.b\\E.', 'a.bc', true],
    ['\\Qa.b\\E', 'axb', false],
    ['(?i)error.*', 'ERROR 1', true],
    ['.*', 'a\nb', false],
    ['.*', 'a\rb', false],
    ['(?s).*', 'a\nb', true],
    ['a++b', 'aab', true],
    ['\\u0041\\x42', 'AB', true],
    ['\\h\\R', '\t\r\n', true],
    ['[^]a]', 'b', true],
    ['\\Aab\\z', 'ab', true],
  ];
  for (const [pattern, text, expected] of cases) {
    assert.equal(compileJavaPattern(pattern).matchesWhole(text), expected, `${pattern} on ${JSON.stringify(text)}`);
  }
});

test('what takes more than linear time is refused by name', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['(?=a)b', /uses lookaround/],
    ['(?<!a)b', /uses lookaround/],
    ['(?>a+)b', /uses an atomic group/],
    ['(a)\\1', /uses a backreference/],
    ['a\\Z', /uses \\Z/],
    ['[a-z&&[def]]', /nests or intersects classes/],
    ['(', /is not a regular expression/],
    ['a{1000}{1000}', /is not a regular expression/],
    ['(?:a{30}){30}'.repeat(3), /too complex/],
    ['a'.repeat(5000), /more than 4096 characters/],
  ];
  for (const [pattern, message] of cases) {
    assert.throws(
      () => compileJavaPattern(pattern),
      (error) => error instanceof PatternError && message.test(error.message),
      pattern,
    );
  }
});

test('a text is refused that is too long for a complex pattern', () => {
  const pattern = compileJavaPattern('(?:a|b)*a(?:a|b){100}c');
  assert.equal(pattern.matchesWhole('ab'.repeat(5000)), false);
  assert.throws(() => pattern.matchesWhole('ab'.repeat(50_000)), PatternError);
});
