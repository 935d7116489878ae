import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { entityTag, ifMatch, ifNoneMatch, includesVersion } from './entity-tag.ts';

test('what entityTag makes is found again in a list', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(), { minLength: 1, maxLength: 50 }),
      fc.constantFrom(',', ', ', ' , '),
      (versions, comma) => {
        expect(ifMatch.parse(versions.map(entityTag).join(comma))).toStrictEqual(versions);
      },
    ),
  );
});

test('an asterisk stands for any version', () => {
  for (const field of ['*', ' * ']) expect(ifMatch.parse(field)).toBe('any');
});

test('weak tags and tags of others match nothing', () => {
  const others = ['W/"1"', '"abc"', '""', '"-1"', '"1.5"', `"${'9'.repeat(16)}"`, 'W/"1", "x"'];
  expect(others.filter((field) => ifMatch.parse(field).length > 0)).toStrictEqual([]);
  expect(ifMatch.parse('W/"1", "2"')).toStrictEqual([2]);
});

test('a weak tag is as good as a strong one for what has not changed', () => {
  expect(ifNoneMatch.parse('W/"1", "2", "x"')).toStrictEqual([1, 2]);
  expect(ifNoneMatch.parse('*')).toBe('any');
  expect(ifNoneMatch.safeParse('1').success).toBe(false);
});

test('a list includes its versions, and an asterisk each', () => {
  expect([includesVersion([1, 2], 2), includesVersion([1, 2], 3), includesVersion('any', 3)]).toStrictEqual([
    true,
    false,
    true,
  ]);
});

test('everything else is refused', () => {
  const many = Array.from({ length: 51 }, (_, version) => entityTag(version)).join();
  const fields = ['', '1', '"1', '1"', '"1" "2"', '"1",', ',"1"', '*, "1"', "'1'", 'w/"1"', '"a\nb"', '"ü"', many];
  expect(fields.filter((field) => ifMatch.safeParse(field).success)).toStrictEqual([]);
});

test('a field of any text is read in a moment', () => {
  const field = `${'"1",'.repeat(2500)}x`;
  const began = process.cpuUsage();
  expect(ifMatch.safeParse(field).success).toBe(false);
  expect(ifMatch.safeParse(`"${' '.repeat(10_000)}`).success).toBe(false);
  expect(process.cpuUsage(began).user / 1000).toBeLessThan(500);
});
