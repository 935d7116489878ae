import { describe, expect, it } from '@jest/globals';
import { getUnits, type Item, queryUnits, sizeOf, writeUnits } from './capacity.ts';

const table = {
  keys: ['id'],
  indexes: [{ keys: ['state'], projected: ['title'] }],
};
const item = (attributes: Readonly<Record<string, string>>): Item =>
  Object.fromEntries(Object.entries({ id: '1', ...attributes }).map(([name, S]) => [name, { S }]));
const large = 'x'.repeat(1500);

describe('the write units of an item', () => {
  it.each<[string, Item | undefined, Item | undefined, number]>([
    ['a put without an entry in the index', undefined, item({}), 1],
    ['a put with an entry', undefined, item({ state: 'a' }), 2],
    ['a put of more than 1 KB, of which the index has little', undefined, item({ state: 'a', text: large }), 3],
    ['a delete of more than 1 KB', item({ text: large }), undefined, 2],
    ['an update that makes the item smaller', item({ text: large }), item({}), 2],
    ['an update of what the index does not have', item({ state: 'a', text: 'x' }), item({ state: 'a', text: 'y' }), 1],
    ['an update of what the index has', item({ state: 'a', title: 'x' }), item({ state: 'a', title: 'y' }), 2],
    ['an update of the key of the index', item({ state: 'a' }), item({ state: 'b' }), 3],
    ['an update that takes the item out of the index', item({ state: 'a' }), item({}), 2],
    ['a condition that fails, or a delete of nothing', undefined, undefined, 1],
  ])('%s', (_case, before, after, units) => {
    expect(writeUnits(table, before, after, false)).toBe(units);
  });

  it('are twice as many in a transaction, but not for the index', () => {
    expect(writeUnits(table, undefined, item({ state: 'a' }), true)).toBe(3);
  });
});

describe('the read units', () => {
  it('of an item count each begun 4 KB, half of it unless the read is consistent', () => {
    const big = item({ text: 'x'.repeat(5000) });
    expect([
      getUnits(item({}), false),
      getUnits(big, false),
      getUnits(big, true),
      getUnits(undefined, true),
    ]).toStrictEqual([0.5, 1, 2, 1]);
  });

  it('of a query count the items together', () => {
    expect(
      queryUnits(
        Array.from({ length: 10 }, () => item({ text: 'x'.repeat(500) })),
        false,
      ),
    ).toBe(1);
  });
});

it('counts names, and values by their type', () => {
  expect(sizeOf({ n: { N: '12.50' }, b: { BOOL: true }, l: { L: [{ S: 'ab' }] }, m: { M: { k: { S: 'é' } } } })).toBe(
    // 1 + 3, 1 + 1, 1 + 3 + 1 + 2, 1 + 3 + 1 + 1 + 2
    4 + 2 + 7 + 8,
  );
});
