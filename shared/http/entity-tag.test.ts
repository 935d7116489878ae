import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cpuMilliseconds } from '#test/support/cpu-time.ts';
import { entityTag, ifMatch } from './entity-tag.ts';

test('what entityTag makes is found again in a list', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(), { minLength: 1, maxLength: 50 }),
      fc.constantFrom(',', ', ', ' , '),
      (versions, comma) => {
        assert.deepEqual(ifMatch.parse(versions.map(entityTag).join(comma)), versions);
      },
    ),
  );
});

test('an asterisk stands for any version', () => {
  for (const field of ['*', ' * ']) assert.equal(ifMatch.parse(field), 'any');
});

test('weak tags and tags of others match nothing', () => {
  for (const field of ['W/"1"', '"abc"', '""', '"-1"', '"1.5"', `"${'9'.repeat(16)}"`, 'W/"1", "x"']) {
    assert.deepEqual(ifMatch.parse(field), [], field);
  }
  assert.deepEqual(ifMatch.parse('W/"1", "2"'), [2]);
});

test('everything else is refused', () => {
  const many = Array.from({ length: 51 }, (_, version) => entityTag(version)).join();
  for (const field of [
    '',
    '1',
    '"1',
    '1"',
    '"1" "2"',
    '"1",',
    ',"1"',
    '*, "1"',
    "'1'",
    'w/"1"',
    '"a\nb"',
    '"ü"',
    many,
  ]) {
    assert.equal(ifMatch.safeParse(field).success, false, field);
  }
});

test('a field of any text is read in a moment', () => {
  const field = `${'"1",'.repeat(2500)}x`;
  const taken = cpuMilliseconds(() => {
    assert.equal(ifMatch.safeParse(field).success, false);
    assert.equal(ifMatch.safeParse(`"${' '.repeat(10_000)}`).success, false);
  });
  assert.ok(taken < 500, `${taken} ms`);
});
