import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type * as z from 'zod/mini';
import { instant, queryBoolean, queryInteger, text, uuid } from './fields.ts';

const accepts = (schema: z.ZodMiniType, value: unknown): boolean => schema.safeParse(value).success;

describe('text', () => {
  it('is measured in code points', () => {
    const field = text(2, 5);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 8 }), (value) => {
        const { length } = [...value];
        expect(accepts(field, value)).toBe(length >= 2 && length <= 5);
      }),
    );
  });

  it('is well-formed Unicode', () => {
    expect(accepts(text(1, 5), '🌱')).toBeTruthy();
    for (const broken of ['\ud800', 'a\udc00', '\udc00\ud800']) expect(accepts(text(1, 5), broken)).toBe(false);
  });
});

describe('an instant', () => {
  it('comes out in UTC, in the order of time', () => {
    const offset = fc.constantFrom('Z', '+00:00', '+05:45', '-11:00', '+14:00');
    const time = fc.tuple(
      fc.date({ min: new Date('0002-01-01'), max: new Date('9998-12-31'), noInvalidDate: true }),
      offset,
    );
    const write = ([date, zone]: [Date, string]) => date.toISOString().replace('Z', zone);
    fc.assert(
      fc.property(time, time, (a, b) => {
        const [first, second] = [instant.parse(write(a)), instant.parse(write(b))];
        expect(first).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        expect(Date.parse(first)).toBe(Date.parse(write(a)));
        expect(first < second).toBe(Date.parse(first) < Date.parse(second));
      }),
    );
  });

  it('is a moment that exists, to the second, with its offset', () => {
    const bad = [
      '2026-02-29T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:00:60Z',
      '2026-01-01T00:00Z',
      '2026-01-01T00:00:00',
      '2026-01-01',
      '2026-01-01 00:00:00Z',
      '0000-01-01T00:00:00+01:00',
      '9999-12-31T23:59:59-01:00',
      `2026-01-01T00:00:00.${'0'.repeat(30)}Z`,
      '',
      0,
    ];
    expect(bad.filter((value) => accepts(instant, value))).toStrictEqual([]);
    expect(instant.parse('2028-02-29T23:59:59.9999Z')).toBe('2028-02-29T23:59:59.999Z');
  });
});

describe('query parameters', () => {
  it('are whole numbers written plainly', () => {
    const limit = queryInteger(1, 100);
    expect(limit.parse('007')).toBe(7);
    const bad = ['0', '101', '1.0', '+1', '-1', ' 1', '1e1', '', '1'.repeat(20), '٣'];
    expect(bad.filter((value) => accepts(limit, value))).toStrictEqual([]);
  });

  it('are true or false and nothing like it', () => {
    expect(['true', 'false'].map((value) => queryBoolean.parse(value))).toStrictEqual([true, false]);
    expect(['TRUE', '1', '', 'yes'].filter((value) => accepts(queryBoolean, value))).toStrictEqual([]);
  });

  it('are UUIDs in any case, lower case from then on', () => {
    expect(uuid.parse('0197D2A0-0000-7000-8000-00000000ABCD')).toBe('0197d2a0-0000-7000-8000-00000000abcd');
    expect(accepts(uuid, '0197d2a0000070008000000000000000')).toBe(false);
  });
});
