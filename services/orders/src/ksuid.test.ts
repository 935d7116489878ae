import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { encodeKsuid, ksuid, newKsuid } from './ksuid.ts';

it('is the text that the reference implementation publishes', () => {
  assert.equal(
    encodeKsuid(Buffer.from('0669F7EFB5A1CD34B5F99D1154FB6853345C9735', 'hex')),
    '0ujtsYcgvSTl8PAuAdqWYSMnLOv',
  );
  assert.equal(encodeKsuid(Buffer.alloc(20, 0)), '000000000000000000000000000');
  assert.equal(encodeKsuid(Buffer.alloc(20, 255)), 'aWgEPTl1tmebfsQzFP4bxwgy80V');
});

it('begins with the seconds since the epoch of the reference implementation', () => {
  const idOf = (rest: number) => encodeKsuid(Buffer.concat([Buffer.from('0669F7EF', 'hex'), Buffer.alloc(16, rest)]));
  const id = newKsuid(new Date('2017-10-10T04:00:47.999Z'));
  assert.ok(idOf(0) <= id && id <= idOf(255), id);
});

it('sorts by time to the millisecond', () => {
  const time = fc.date({ min: new Date('2014-05-14'), max: new Date('2150-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(time, fc.integer({ min: 1, max: 2000 }), (at, later) => {
      const id = newKsuid(at);
      assert.ok(ksuid.safeParse(id).success);
      assert.ok(id < newKsuid(new Date(at.getTime() + later)));
    }),
  );
});

it('is another one each time', () => {
  const now = new Date();
  assert.equal(new Set(Array.from({ length: 1000 }, () => newKsuid(now))).size, 1000);
});

it('takes no text that is none', () => {
  for (const text of [
    '',
    '0ujtsYcgvSTl8PAuAdqWYSMnLO',
    '0ujtsYcgvSTl8PAuAdqWYSMnLO-',
    'aWgEPTl1tmebfsQzFP4bxwgy80W',
    'zzzzzzzzzzzzzzzzzzzzzzzzzzz',
  ]) {
    assert.equal(ksuid.safeParse(text).success, false, text);
  }
});
