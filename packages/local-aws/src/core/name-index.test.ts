import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NameIndex } from './name-index.ts';

describe('an index of names', () => {
  it('pages through the names with a prefix in order, each once, whatever is added and deleted', () => {
    const names = fc.array(fc.stringMatching(/^[abé/]{0,4}$/), { maxLength: 30 });
    fc.assert(
      fc.property(
        names,
        names,
        fc.stringMatching(/^[ab]{0,2}$/),
        fc.integer({ min: 1, max: 5 }),
        (added, deleted, prefix, size) => {
          const index = new NameIndex<string>();
          for (const name of added) index.set(name, name);
          for (const name of deleted) index.delete(name);
          const seen: string[] = [];
          for (let after: string | undefined, isDone = false; !isDone; ) {
            const { items, last } = index.page({ prefix, after, size });
            assert.ok(items.length <= size);
            seen.push(...items);
            after = last;
            isDone = last === undefined;
          }
          const expected = [...new Set(added)].filter((name) => !deleted.includes(name) && name.startsWith(prefix));
          assert.deepEqual(seen, expected.sort());
        },
      ),
    );
  });

  it('reads only what is on the page', () => {
    const index = new NameIndex<number>();
    for (let item = 0; item < 10_000; item += 1) index.set(String(item).padStart(5, '0'), item);
    let looked = 0;
    const accepts = (): boolean => {
      looked += 1;
      return true;
    };
    const { items } = index.page({ prefix: '09', after: '09499', size: 10, accepts });
    assert.deepEqual([items[0], items.length, looked], [9_500, 10, 11]);
  });
});
