import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AwsError } from '../core/aws-error.ts';
import type { JsonValue } from '../core/json.ts';
import { compileFilterPattern } from './compile-filter-pattern.ts';

const matches = (pattern: JsonValue, event: JsonValue): boolean => compileFilterPattern(JSON.stringify(pattern))(event);

const cases: [title: string, pattern: JsonValue, fitting: JsonValue[], others: JsonValue[]][] = [
  ['null fits null only', { a: [null] }, [{ a: null }], [{}, { a: '' }, { a: 'null' }, { a: 0 }]],
  ['the empty string fits itself only', { a: [''] }, [{ a: '' }], [{}, { a: null }, { a: ' ' }]],
  ['a text fits exactly', { a: ['x'] }, [{ a: 'x' }, { a: 'x', b: 1 }], [{ a: 'X' }, { a: 'xy' }, { b: 'x' }, {}]],
  ['a number fits by value', { a: [300] }, [{ a: 300 }, { a: 3.0e2 }], [{ a: '300' }, { a: 301 }]],
  ['booleans', { a: [true] }, [{ a: true }], [{ a: false }, { a: 'true' }]],
  ['alternatives are ORed', { a: ['x', 1, null] }, [{ a: 'x' }, { a: 1 }, { a: null }], [{ a: 'y' }]],
  ['fields are ANDed', { a: ['x'], b: [1] }, [{ a: 'x', b: 1 }], [{ a: 'x' }, { b: 1 }, { a: 'x', b: 2 }]],
  ['nested fields', { a: { b: { c: ['x'] } } }, [{ a: { b: { c: 'x' } } }], [{ a: { b: 'x' } }, { a: { c: 'x' } }]],
  ['prefix', { a: [{ prefix: 'us-' }] }, [{ a: 'us-east-1' }, { a: 'us-' }], [{ a: 'eu-us-' }, { a: 'us' }, { a: 5 }]],
  ['prefix ignoring case', { a: [{ prefix: { 'equals-ignore-case': 'Us' } }] }, [{ a: 'uS-1' }], [{ a: 'eu' }]],
  ['suffix', { a: [{ suffix: '.png' }] }, [{ a: 'b.png' }], [{ a: 'b.PNG' }, { a: 'png' }]],
  ['suffix ignoring case', { a: [{ suffix: { 'equals-ignore-case': '.Png' } }] }, [{ a: 'b.pNG' }], [{ a: 'b.jpg' }]],
  ['equals ignoring case', { a: [{ 'equals-ignore-case': 'AbC' }] }, [{ a: 'aBc' }], [{ a: 'abcd' }, { a: null }]],
  ['anything but a text', { a: [{ 'anything-but': 'x' }] }, [{ a: 'y' }, { a: null }, { a: 5 }], [{ a: 'x' }, {}]],
  ['anything but texts', { a: [{ 'anything-but': ['x', 'y'] }] }, [{ a: 'z' }], [{ a: 'x' }, { a: 'y' }, { b: 'z' }]],
  ['anything but numbers', { a: [{ 'anything-but': [1, 2] }] }, [{ a: 3 }, { a: '1' }], [{ a: 1 }, { a: 2.0 }]],
  ['anything but a prefix', { a: [{ 'anything-but': { prefix: 'in' } }] }, [{ a: 'out' }], [{ a: 'init' }, {}]],
  [
    'anything but prefixes',
    { a: [{ 'anything-but': { prefix: ['a', 'b'] } }] },
    [{ a: 'c' }],
    [{ a: 'ax' }, { a: 'bx' }],
  ],
  ['anything but a suffix', { a: [{ 'anything-but': { suffix: '.x' } }] }, [{ a: 'b.y' }], [{ a: 'b.x' }, {}]],
  ['anything but suffixes', { a: [{ 'anything-but': { suffix: ['.x', '.y'] } }] }, [{ a: 'b' }], [{ a: 'b.y' }]],
  [
    'anything but ignoring case',
    { a: [{ 'anything-but': { 'equals-ignore-case': ['X', 'y'] } }] },
    [{ a: 'z' }],
    [{ a: 'x' }, { a: 'Y' }],
  ],
  ['anything but a wildcard', { a: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, [{ a: 'x' }], [{ a: 'a/lib/b' }]],
  [
    'anything but wildcards',
    { a: [{ 'anything-but': { wildcard: ['a*', '*b'] } }] },
    [{ a: 'xx' }],
    [{ a: 'ax' }, { a: 'xb' }],
  ],
  [
    'numeric equals',
    { a: [{ numeric: ['=', 100] }] },
    [{ a: 100 }, { a: 1e2 }],
    [{ a: '100' }, { a: 99 }, { a: true }],
  ],
  ['numeric range', { a: [{ numeric: ['>', 10, '<=', 20] }] }, [{ a: 10.5 }, { a: 20 }], [{ a: 10 }, { a: 20.1 }, {}]],
  ['numeric below', { a: [{ numeric: ['<', 0] }] }, [{ a: -1 }], [{ a: 0 }]],
  ['numeric from', { a: [{ numeric: ['>=', 0] }] }, [{ a: 0 }], [{ a: -0.1 }]],
  ['a number of DynamoDB is a text', { N: [{ numeric: ['>', 0] }] }, [], [{ N: '5' }]],
  ['exists', { a: [{ exists: true }] }, [{ a: null }, { a: '' }, { a: [0] }], [{}, { a: { b: 1 } }, { a: [] }]],
  ['does not exist', { a: [{ exists: false }] }, [{}, { b: 1 }, { a: { b: 1 } }, { a: [] }], [{ a: null }, { a: 'x' }]],
  [
    'a nested field does not exist',
    { a: { b: [{ exists: false }] } },
    [{}, { a: 'x' }, { a: [] }],
    [{ a: { b: 1 } }, { a: [{}, { b: 1 }] }],
  ],
  ['exists or a value', { a: ['x', { exists: false }] }, [{}, { a: 'x' }], [{ a: 'y' }]],
  ['wildcard', { a: [{ wildcard: 'a*c*e' }] }, [{ a: 'abcde' }, { a: 'ace' }], [{ a: 'ae' }, { a: 'aced' }, { a: 1 }]],
  ['wildcard with escapes', { a: [{ wildcard: 'a\\**\\\\' }] }, [{ a: 'a*x\\' }], [{ a: 'ax\\' }]],
  ['wildcard without a star', { a: [{ wildcard: 'abc' }] }, [{ a: 'abc' }], [{ a: 'abcd' }]],
  ['an overlap is no match', { a: [{ wildcard: 'ab*ba' }] }, [{ a: 'abba' }], [{ a: 'aba' }]],
  [
    'address range',
    { a: [{ cidr: '10.0.0.0/24' }] },
    [{ a: '10.0.0.255' }],
    [{ a: '10.0.1.0' }, { a: 'x' }, { a: '::1' }],
  ],
  ['$or of fields', { $or: [{ a: ['x'] }, { b: [1] }] }, [{ a: 'x' }, { b: 1 }], [{ a: 'y', b: 2 }]],
  ['$or beside a field', { c: [1], $or: [{ a: ['x'] }, { b: [1] }] }, [{ c: 1, b: 1 }], [{ a: 'x' }, { c: 1 }]],
  ['nested $or', { d: { $or: [{ a: ['x'] }, { $or: [{ b: [1] }, { c: [2] }] }] } }, [{ d: { c: 2 } }], [{ c: 2 }]],
  ['an ordinary field called $or', { $or: [{ prefix: 'x' }, { prefix: 'y' }] }, [{ $or: 'yes' }], [{ $or: 'no' }]],
  ['a list fits by any element', { a: ['x'] }, [{ a: ['y', 'x'] }, { a: [['x']] }], [{ a: ['y'] }, { a: [] }]],
  ['anything-but on a list', { a: [{ 'anything-but': ['x'] }] }, [{ a: ['x', 'y'] }], [{ a: ['x'] }, { a: [] }]],
  [
    'one element of a list must fit whole',
    { a: { b: [1], c: [2] } },
    [{ a: [{ b: 1, c: 2 }] }],
    [{ a: [{ b: 1 }, { c: 2 }] }],
  ],
  ['names inherited from Object are not fields', { a: { constructor: [{ exists: true }] } }, [], [{ a: {} }]],
  [
    'an item of a stream record',
    {
      eventName: ['INSERT'],
      dynamodb: { NewImage: { state: { S: ['Requested'] }, gone: { S: [{ exists: false }] } } },
    },
    [{ eventName: 'INSERT', dynamodb: { NewImage: { state: { S: 'Requested' } } } }],
    [{ eventName: 'MODIFY', dynamodb: { NewImage: { state: { S: 'Requested' } } } }],
  ],
];

const invalid: [title: string, pattern: string][] = [
  ['no JSON', '{'],
  ['no object', '"text"'],
  ['null', 'null'],
  ['a list', '[]'],
  ['the empty pattern', '{}'],
  ['a bare value', '{"a":"x"}'],
  ['an empty list', '{"a":[]}'],
  ['an empty nested pattern', '{"a":{}}'],
  ['a list in a list', '{"a":[["x"]]}'],
  ['an unknown matcher', '{"a":[{"like":"x"}]}'],
  ['two matchers in one', '{"a":[{"prefix":"x","suffix":"y"}]}'],
  ['an empty matcher', '{"a":[{}]}'],
  ['a prefix that is no text', '{"a":[{"prefix":1}]}'],
  ['exists that is no boolean', '{"a":[{"exists":"true"}]}'],
  ['an unknown operator', '{"a":[{"numeric":["!",1]}]}'],
  ['an incomplete comparison', '{"a":[{"numeric":[">"]}]}'],
  ['a bound that is no number', '{"a":[{"numeric":[">","1"]}]}'],
  ['a range from above', '{"a":[{"numeric":["<",5,">",1]}]}'],
  ['an empty range', '{"a":[{"numeric":[">",5,"<",5]}]}'],
  ['anything but mixed values', '{"a":[{"anything-but":[1,"x"]}]}'],
  ['anything but nothing', '{"a":[{"anything-but":[]}]}'],
  ['anything but a boolean', '{"a":[{"anything-but":true}]}'],
  ['anything but an unknown matcher', '{"a":[{"anything-but":{"numeric":["=",1]}}]}'],
  ['two stars in a row', '{"a":[{"wildcard":"a**b"}]}'],
  ['an unknown escape', '{"a":[{"wildcard":"a\\\\b"}]}'],
  ['a dangling escape', '{"a":[{"wildcard":"a\\\\"}]}'],
  ['no address range', '{"a":[{"cidr":"10.0.0.0/33"}]}'],
  ['a $or of one branch', '{"$or":[{"a":[1]}]}'],
  ['a $or with an empty branch', '{"$or":[{"a":[1]},{}]}'],
];

describe('event filter pattern', () => {
  for (const [title, pattern, fitting, others] of cases) {
    it(title, () => {
      for (const event of fitting) assert.ok(matches(pattern, event), `should fit ${JSON.stringify(event)}`);
      for (const event of others) assert.ok(!matches(pattern, event), `should not fit ${JSON.stringify(event)}`);
    });
  }

  for (const [title, pattern] of invalid) {
    it(`refuses ${title}`, () => {
      assert.throws(() => compileFilterPattern(pattern), {
        code: 'InvalidParameterValueException',
        message: 'Invalid filter pattern definition.',
        status: 400,
      });
    });
  }

  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const word = fc.constantFrom('a', 'b', '$or', 'constructor', 'x y');

  it('any text either compiles or is refused by name, and never fails on any event', () => {
    const { patternish } = fc.letrec((tie) => ({
      patternish: fc.oneof(
        { maxDepth: 4 },
        scalar,
        fc.array(tie('patternish'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom('a', '$or', 'prefix', 'anything-but', 'numeric', 'exists', 'wildcard', 'equals-ignore-case'),
          tie('patternish'),
          { maxKeys: 3 },
        ),
      ),
    }));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          patternish.map((value) => JSON.stringify(value)),
        ),
        fc.jsonValue(),
        (text, event) => {
          let test: (event: JsonValue) => boolean;
          try {
            test = compileFilterPattern(text);
          } catch (error) {
            assert.ok(error instanceof AwsError);
            return;
          }
          const value: JsonValue = JSON.parse(JSON.stringify(event));
          assert.equal(typeof test(value), 'boolean');
        },
      ),
    );
  });

  it('the pattern made of an event fits that event', () => {
    const { node } = fc.letrec<{ node: { event: JsonValue; pattern: JsonValue } }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        scalar.map((value) => ({ event: value, pattern: [value] })),
        fc
          .array(scalar, { minLength: 1, maxLength: 3 })
          .map((values) => ({ event: values, pattern: values.slice(0, 1) })),
        fc.dictionary(word, tie('node'), { minKeys: 1, maxKeys: 3 }).map((members) => ({
          event: Object.fromEntries(Object.entries(members).map(([key, { event }]) => [key, event])),
          pattern: Object.fromEntries(Object.entries(members).map(([key, { pattern }]) => [key, pattern])),
        })),
      ),
    }));
    fc.assert(
      fc.property(node, ({ event, pattern }) => {
        assert.ok(matches({ root: pattern }, { root: event }));
      }),
    );
  });

  it('anything-but is the opposite of its operand on a present leaf', () => {
    const operand = fc.oneof(
      fc.record({ prefix: fc.string({ minLength: 1 }) }),
      fc.record({ suffix: fc.string({ minLength: 1 }) }),
      fc.record({ 'equals-ignore-case': fc.string({ minLength: 1 }) }),
    );
    fc.assert(
      fc.property(operand, scalar, (matcher, leaf) => {
        assert.notEqual(
          matches({ a: [matcher] }, { a: leaf }),
          matches({ a: [{ 'anything-but': matcher }] }, { a: leaf }),
        );
      }),
    );
  });

  it('a wildcard fits what its stars are replaced by, and agrees with a regular expression', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), piece, piece, piece, (pieces, ...texts) => {
        const wildcard = pieces.filter((text, index) => text !== '' || index === 0).join('*');
        for (const text of [...texts, pieces.join('ab'), texts.join('')]) {
          const expected = new RegExp(`^${wildcard.replaceAll('*', '.*')}$`).test(text);
          assert.equal(matches({ a: [{ wildcard }] }, { a: text }), expected, `${wildcard} on ${text}`);
        }
      }),
    );
  });
});
