import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeKsuid, ksuid, newKsuid } from './ksuid.ts';

it('is the text that the reference implementation publishes', () => {
  expect(encodeKsuid(Buffer.from('0669F7EFB5A1CD34B5F99D1154FB6853345C9735', 'hex'))).toBe(
    '0ujtsYcgvSTl8PAuAdqWYSMnLOv',
  );
  expect(encodeKsuid(Buffer.alloc(20, 0))).toBe('000000000000000000000000000');
  expect(encodeKsuid(Buffer.alloc(20, 255))).toBe('aWgEPTl1tmebfsQzFP4bxwgy80V');
});

it('begins with the seconds since the epoch of the reference implementation', () => {
  const idOf = (rest: number) => encodeKsuid(Buffer.concat([Buffer.from('0669F7EF', 'hex'), Buffer.alloc(16, rest)]));
  const id = newKsuid(new Date('2017-10-10T04:00:47.999Z'));
  expect(idOf(0) <= id && id <= idOf(255)).toBe(true);
});

it('sorts by time to the millisecond', () => {
  const time = fc.date({ min: new Date('2014-05-14'), max: new Date('2150-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(time, fc.integer({ min: 1, max: 2000 }), (at, later) => {
      const id = newKsuid(at);
      expect(ksuid.safeParse(id).success).toBeTruthy();
      expect(id < newKsuid(new Date(at.getTime() + later))).toBe(true);
    }),
  );
});

it('is another one each time', () => {
  const now = new Date();
  expect(new Set(Array.from({ length: 1000 }, () => newKsuid(now))).size).toBe(1000);
});

it('takes no text that is none', () => {
  const others = [
    '',
    '0ujtsYcgvSTl8PAuAdqWYSMnLO',
    '0ujtsYcgvSTl8PAuAdqWYSMnLO-',
    'aWgEPTl1tmebfsQzFP4bxwgy80W',
    'zzzzzzzzzzzzzzzzzzzzzzzzzzz',
  ];
  expect(others.filter((text) => ksuid.safeParse(text).success)).toStrictEqual([]);
});
