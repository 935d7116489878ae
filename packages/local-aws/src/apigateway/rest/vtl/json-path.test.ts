import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonPath } from './json-path.ts';
import type { VtlValue } from './value.ts';

const store: VtlValue = {
  books: [
    { title: 'A', price: 8, tags: ['x'] },
    { title: 'B', price: 12 },
    { title: 'C', price: 20, isbn: '1' },
  ],
  'with space': { 'a.b': 1 },
  none: null,
};

test('paths lead where Jayway JsonPath leads', () => {
  const cases: [string, VtlValue][] = [
    ['$', store],
    ['$.books[0].title', 'A'],
    ['$.books[-1].title', 'C'],
    ["$['with space']['a.b']", 1],
    ['$["books"][1].price', 12],
    ['$.books[*].title', ['A', 'B', 'C']],
    ['$.books[0,2].title', ['A', 'C']],
    ['$.books[1:].title', ['B', 'C']],
    ['$.books[:-1].title', ['A', 'B']],
    ['$..title', ['A', 'B', 'C']],
    ['$..tags[0]', ['x']],
    ["$.books[0]['title','price']", ['A', 8]],
    ['$.books[?(@.price > 10)].title', ['B', 'C']],
    ["$.books[?(@.title == 'A' || @.isbn)].price", [8, 20]],
    ['$.books[?(@.price>=8 && @.price<20)].title', ['A', 'B']],
    ['$.nothing.at.all', undefined],
    ['$.books[7]', undefined],
    ['$.none', null],
    ['$.constructor', undefined],
  ];
  for (const [path, expected] of cases) {
    assert.deepEqual(jsonPath(store, path), expected, path);
  }
});

test('the error for a path that cannot be read names it', () => {
  for (const path of ['$.a[', '$.a[?(@.x ~ 1)]', '$.a..', '$[[0]]']) {
    assert.throws(() => jsonPath(store, path), /JSONPath/, path);
  }
});

test('any member is found by its quoted name', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.jsonValue(), (name, value) => {
      const quoted = name.replaceAll(/[\\']/g, '\\$&');
      const root: VtlValue = JSON.parse(JSON.stringify({ [name]: value }));
      assert.deepEqual(jsonPath(root, `$['${quoted}']`), JSON.parse(JSON.stringify(value)));
    }),
  );
});
