import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SortedMap } from '../core/sorted-map.ts';
import { compareKeys } from './compare-keys.ts';
import { listKeys } from './list-keys.ts';
import type { ObjectRecord } from './object-records.ts';

function record(key: string): ObjectRecord {
  const unimportant = { bucket: 'b', contentType: '', metadata: {}, body: '', contentLength: 0, etag: '' };
  return { ...unimportant, key, lastModified: 0 };
}

const utf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const text = fc.string({
  unit: fc.constantFrom('a', 'b', '/', '.', 'é', '\ud7ff', '\ue000', '😀', '\u{10ffff}'),
  maxLength: 5,
});

test('keys are in the order of their UTF-8 bytes', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compareKeys(a, b)), Math.sign(utf8(a, b)));
    }),
  );
});

test('pages hold each key, or the common prefix that stands for it, exactly once and in order', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(
        text.filter((key) => key !== ''),
        { maxLength: 20 },
      ),
      fc.record({
        prefix: text,
        delimiter: fc.option(fc.constantFrom('/', 'a', '//', '\u{10ffff}'), { nil: undefined }),
      }),
      fc.integer({ min: 1, max: 4 }),
      (names, { prefix, delimiter }, maxKeys) => {
        const keys = new SortedMap<string, ObjectRecord>(compareKeys);
        for (const name of names) keys.set(name, record(name));
        const listed: string[] = [];
        let after: string | undefined;
        do {
          const page = listKeys(keys, { prefix, delimiter, after, maxKeys });
          const entries = [...page.objects.map(({ key }) => key), ...page.prefixes];
          assert.ok(entries.length <= maxKeys);
          listed.push(...entries.toSorted(utf8));
          after = page.next;
        } while (after !== undefined);
        const expected = names
          .filter((name) => name.startsWith(prefix))
          .map((name) => {
            const at = delimiter === undefined ? -1 : name.indexOf(delimiter, prefix.length);
            return at < 0 || delimiter === undefined ? name : name.slice(0, at + delimiter.length);
          });
        assert.deepEqual(listed, [...new Set(expected)].toSorted(utf8));
      },
    ),
  );
});
