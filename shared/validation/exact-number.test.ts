import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inexactNumber, markInexactNumbers } from './exact-number.ts';

const mark = (text: string) => markInexactNumbers(text, JSON.parse(text));

test('numbers with the digits of their doubles stay', () => {
  for (const text of [
    '0',
    '-0.0',
    '1.50',
    '19.99',
    '1e3',
    '1.5E-7',
    '9007199254740991',
    '1e22',
    '0.30000000000000004',
  ]) {
    expect(mark(text)).toBe(Number(text));
  }
  expect(mark('0e999999999999')).toBe(0);
});

test('numbers that a double rounds do not', () => {
  for (const text of [
    '19.990000000000000001',
    '0.1000000000000000055511151231257827',
    '9007199254740993',
    '-1.0000000000000000000001',
    '1e400',
    '1e-400',
    '1.7976931348623157e309',
  ]) {
    expect(mark(text)).toBe(inexactNumber);
  }
});

test('only numbers are looked at, wherever they are', () => {
  const text = '{"19.990000000000000001":["19.990000000000000001",{"a":19.990000000000000001,"b":19.99}]}';
  expect(mark(text)).toStrictEqual({
    '19.990000000000000001': ['19.990000000000000001', { a: inexactNumber, b: 19.99 }],
  });
});

test('what JavaScript writes is exact', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: 0, max: 20 }),
      (value, zeros) => {
        expect(mark(JSON.stringify(value))).toBe(JSON.parse(JSON.stringify(value)));
        const text = value.toFixed(Math.min(zeros, 15));
        // The same digits with further zeros are the same number; with a further digit they are not.
        const decimals = `${text}${text.includes('.') || text.includes('e') ? '' : '.0'}`;
        if (decimals.includes('e') || mark(text) === inexactNumber) return;
        expect(mark(`${decimals}${'0'.repeat(zeros)}`)).toBe(Number(text));
        expect(mark(`${decimals}${'0'.repeat(330)}1`)).toBe(inexactNumber);
      },
    ),
  );
});

test('other JSON is as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(mark(text)).toStrictEqual(JSON.parse(text));
    }),
  );
});
