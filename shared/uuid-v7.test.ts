import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { uuidV7 } from './uuid-v7.ts';

const moment = fc.integer({ min: 0, max: 2 ** 48 - 1 }).map((time) => new Date(time));

describe('a UUID v7', () => {
  it('has the version and variant of RFC 9562 and holds the time', () => {
    fc.assert(
      fc.property(moment, (now) => {
        const id = uuidV7(now);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now.getTime());
      }),
    );
  });

  it('sorts by time and differs within a millisecond', () => {
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        fc.pre(a.getTime() !== b.getTime());
        expect(uuidV7(a) < uuidV7(b)).toBe(a < b);
      }),
    );
    const now = new Date();
    expect(new Set(Array.from({ length: 1000 }, () => uuidV7(now))).size).toBe(1000);
  });
});
