import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseRouteKey } from './route-key.ts';
import { createRouter, pathSegments } from './router.ts';

function choose(routeKeys: readonly string[], method: string, path: string) {
  const matched = createRouter(routeKeys.map((routeKey) => ({ routeKey })))(method, pathSegments(path) ?? []);
  return matched === undefined ? undefined : { key: matched.route.routeKey, parameters: matched.pathParameters };
}

const documented = [
  '$default',
  'ANY /{proxy+}',
  'GET /pets/{proxy+}',
  'GET /pets/dog/{id}',
  'GET /pets/dog/1',
  'POST /pets/dog/{id}',
];

describe('routing of HTTP APIs', () => {
  it('prefers the full match, then parameters, then greedy ones, then $default', () => {
    assert.deepEqual(choose(documented, 'GET', '/pets/dog/1'), { key: 'GET /pets/dog/1', parameters: {} });
    assert.deepEqual(choose(documented, 'GET', '/pets/dog/2'), { key: 'GET /pets/dog/{id}', parameters: { id: '2' } });
    assert.deepEqual(choose(documented, 'GET', '/pets/cat/1'), {
      key: 'GET /pets/{proxy+}',
      parameters: { proxy: 'cat/1' },
    });
    assert.deepEqual(choose(documented, 'POST', '/cars'), { key: 'ANY /{proxy+}', parameters: { proxy: 'cars' } });
    assert.equal(choose(documented, 'GET', '/')?.key, '$default');
  });

  it('falls back to a less specific path when the method does not fit', () => {
    assert.equal(choose(documented, 'POST', '/pets/dog/1')?.key, 'POST /pets/dog/{id}');
    assert.equal(choose(documented, 'DELETE', '/pets/dog/1')?.key, 'ANY /{proxy+}');
  });

  it("prefers the method's own route over ANY on the same path only", () => {
    assert.equal(choose(['ANY /a/{x}', 'GET /a/{x}'], 'GET', '/a/1')?.key, 'GET /a/{x}');
    assert.equal(choose(['ANY /a/1', 'GET /a/{x}'], 'GET', '/a/1')?.key, 'ANY /a/1');
  });

  it('does not take a trailing slash as the same path', () => {
    assert.equal(choose(['GET /x'], 'GET', '/x/'), undefined);
    assert.equal(choose(['GET /x/{id}'], 'GET', '/x/'), undefined);
    assert.equal(choose(['GET /x/{rest+}'], 'GET', '/x/'), undefined);
    assert.equal(choose(['GET /'], 'GET', '/')?.key, 'GET /');
  });

  it('decodes path parameters and keeps an encoded slash inside its segment', () => {
    assert.deepEqual(choose(['GET /a/{id}'], 'GET', '/a/x%20y%2Fz')?.parameters, { id: 'x y/z' });
    assert.equal(pathSegments('/a/%zz'), undefined);
  });

  it('refuses keys that API Gateway refuses', () => {
    for (const key of ['GET', 'GET x', 'FETCH /x', 'get /x', 'GET /{a+}/b', 'GET /{a}/{a}', 'GET /x{a}', 'GET /{}']) {
      assert.equal(parseRouteKey(key), undefined, key);
    }
  });

  it('chooses as a naive model does: the smallest of all that match', () => {
    const segment = fc.constantFrom('a', 'b', '{p}', '{q}');
    const path = fc
      .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom('', '{rest+}'))
      .map(([segments, last]) => `/${[...segments, ...(last === '' ? [] : [last])].join('/')}`);
    const key = fc
      .oneof(
        { weight: 9, arbitrary: fc.tuple(fc.constantFrom('ANY', 'GET', 'POST'), path).map((both) => both.join(' ')) },
        { weight: 1, arbitrary: fc.constant('$default') },
      )
      .filter((text) => parseRouteKey(text) !== undefined);
    const request = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        // Paths that differ in parameter names only are one route to API Gateway.
        fc.uniqueArray(key, { selector: (text) => text.replaceAll(/\{\w+\}/g, '{}'), maxLength: 8 }),
        fc.constantFrom('GET', 'POST', 'PUT'),
        request,
        (keys, method, segments) => {
          assert.equal(choose(keys, method, `/${segments.join('/')}`)?.key, naive(keys, method, segments));
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Sorts by a text: one letter a segment, a greedy one last, then whether the method is ANY. */
function naive(keys: readonly string[], method: string, segments: readonly string[]): string | undefined {
  const actual = `/${segments.join('/')}`;
  const ranked = keys.flatMap((key) => {
    if (key === '$default') return [{ key, order: 'z' }];
    const [own = '', path = ''] = key.split(' ');
    const pattern = path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll(/\{\w+\+\}/g, '.+');
    if ((own !== 'ANY' && own !== method) || !new RegExp(`^${pattern}$`).test(actual)) return [];
    const letters = path
      .slice(1)
      .replaceAll(/\{\w+\+\}/g, 'y')
      .replaceAll(/\{\w+\}/g, 'x');
    return [{ key, order: `${letters.replaceAll(/[^/xy]+/g, 'a')}${own === 'ANY' ? '!ANY' : ''}` }];
  });
  return ranked.sort((a, b) => (a.order < b.order ? -1 : 1))[0]?.key;
}
