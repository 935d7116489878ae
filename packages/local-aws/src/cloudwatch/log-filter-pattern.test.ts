import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AwsError } from '../core/aws-error.ts';
import { compileLogFilter, compileLogMatcher } from './log-filter-pattern.ts';

const matches = (pattern: string, message: string): boolean => compileLogFilter(pattern)(message);

function assertMatches(message: string, expected: Readonly<Record<string, boolean>>): void {
  for (const [pattern, result] of Object.entries(expected)) assert.equal(matches(pattern, message), result, pattern);
}

function assertInvalid(patterns: readonly string[]): void {
  for (const pattern of patterns) {
    assert.throws(
      () => compileLogFilter(pattern),
      (error) => error instanceof AwsError && error.code === 'InvalidParameterException',
      pattern,
    );
  }
}

describe('term patterns', () => {
  it('match a message that holds every term, in any order and inside words', () => {
    assertMatches('[ERROR 400] BAD REQUEST', {
      '': true,
      ERROR: true,
      'REQUEST ERROR': true,
      ERR: true,
      error: false,
      'ERROR OK': false,
      '"BAD REQUEST"': true,
      '"REQUEST BAD"': false,
      '"[ERROR 400]"': true,
      '  ERROR\n': true,
    });
  });

  it('match any of the optional terms, which count for nothing beside others', () => {
    assertMatches('WARN message', {
      '?ERROR ?WARN': true,
      '?ERROR ?FATAL': false,
      '?ERROR ?"WARN message"': true,
      '?ERROR message': true,
      '?WARN absent': false,
    });
  });

  it('exclude', () => {
    assertMatches('ERROR Exiting with -1', {
      'ERROR -Exiting': false,
      'ERROR -Retry': true,
      '-Retry': true,
      'ERROR -"Exiting with"': false,
    });
  });

  it('take a quote inside a phrase', () => {
    assert.equal(matches('"say \\"hi\\""', 'they say "hi" again'), true);
  });

  it('are invalid with other characters outside quotes', () => {
    assertInvalid(['foo:bar', 'a.b', '"open', 'ERROR - WARN', '?', ' { $.a = 1 }']);
  });
});

describe('regular expressions', () => {
  it('stand alone or as the value of a condition', () => {
    assertMatches('{"ip":"10.0.0.7","code":404}', {
      '%10\\.0\\.0\\.[0-9]%': true,
      '%^code%': false,
      '{ $.ip = %^10\\.% && $.code = %^4[0-9]{2}$% }': true,
      '{ $.ip != %^10\\.% }': false,
    });
    assert.equal(matches('[ip = %^10\\.%, code]', '10.0.0.7 404'), true);
  });

  it('are invalid with groups, unknown symbols or more than two of them', () => {
    assertInvalid(['%(a)%', '%a!%', '%é%', '%[%', '{ $.a = %x% || $.b = %y% || $.c = %z% }']);
  });
});

/** Patterns that the service itself was seen to match, or not, against this event. */
describe('JSON patterns', () => {
  const event = JSON.stringify({
    eventType: 'UpdateTrail',
    sourceIPAddress: '111.111.111.111',
    arrayKey: ['value', 'another value'],
    objectList: [
      { name: 'a', id: 1 },
      { name: 'b', id: 2 },
    ],
    SomeObject: null,
    someInt: 123,
    someFloat: 12.34,
    ThisFlag: true,
    escaped: 'error "message"',
    coordinates: [[0, 1, 2]],
    'user-name': 'x',
    latency: '250',
  });

  it('compare text, with wildcards at either end', () => {
    assertMatches(event, {
      '{ $.eventType = "UpdateTrail" }': true,
      '{$.eventType=UpdateTrail}': true,
      '{ $.eventType = "Update*" }': true,
      '{ $.eventType = *Trail }': true,
      '{ $.eventType = "*dateT*" }': true,
      '{ $.eventType = "Up*il" }': false,
      '{ $.sourceIPAddress != 123.123.* }': true,
      '{ $.sourceIPAddress != 111*111 }': true,
      '{ $.sourceIPAddress = * }': true,
      '{ $.eventType != "updatetrail" }': true,
      '{ $.escaped = "error \\"message\\"" }': true,
      '{ $.user-name = x }': true,
    });
  });

  it('compare numbers by value without quotes and by text with them', () => {
    assertMatches(event, {
      '{ $.someInt = 123.0 }': true,
      '{ $.someInt = "123" }': true,
      '{ $.someInt != "123.0" }': true,
      '{ $.someInt != 123 }': false,
      '{ $.someInt = 12* }': true,
      '{ $.someInt > 1.2e2 }': true,
      '{ $.someInt >= +123 }': true,
      '{ $.someFloat < 1234e-2 }': false,
      '{ $.someFloat <= 1234e-2 }': true,
      '{ $.latency > 200 }': true,
      '{ $.eventType > 200 }': false,
    });
  });

  it('select members of arrays', () => {
    assertMatches(event, {
      '{ $.arrayKey[0] = "value" }': true,
      '{ $.objectList[1].id = 2 }': true,
      '{ $.coordinates[0][1] = 1 }': true,
      '{ $.ThisFlag[0] = "value" }': false,
      '{ $.objectList[1].number = 2 }': false,
    });
  });

  it('know null, booleans and what is missing', () => {
    assertMatches(event, {
      '{ $.SomeObject IS NULL }': true,
      '{ $.Other IS NULL }': false,
      '{ $.ThisFlag IS TRUE }': true,
      '{ $.ThisFlag IS FALSE }': false,
      '{ $.Other NOT EXISTS }': true,
      '{ $.SomeObject NOT EXISTS }': false,
      '{ $.constructor NOT EXISTS }': true,
    });
  });

  it('fit no comparison with a missing value, an array or an object, not even !=', () => {
    assertMatches(event, {
      '{ $.Other != "x" }': false,
      '{ $.arrayKey != "x" }': false,
      '{ $.objectList[0] != 1 }': false,
      '{ $.SomeObject != "x" }': false,
    });
  });

  it('bind && tighter than ||', () => {
    assertMatches(event, {
      '{ $.someInt = 123 || $.someInt = 1 && $.eventType = no }': true,
      '{ ($.someInt = 123 || $.someInt = 1) && $.eventType = no }': false,
      '{ ($.someInt = 123) && (($.eventType = no) || ($.ThisFlag IS TRUE)) }': true,
    });
  });

  it('match no message that is not a JSON object', () => {
    for (const message of ['plain', '[1]', '"x"', '{ broken', '']) {
      assert.equal(matches('{ $.a NOT EXISTS }', message), false, message);
    }
  });

  it('are invalid when they do not follow the grammar', () => {
    assertInvalid([
      '{}',
      '{ $.a }',
      '{ a = 1 }',
      '{ $ = 1 }',
      '{ $[0] = 1 }',
      '{ $.a = }',
      '{ $.a > "1" }',
      '{ $.a > b }',
      '{ $.a = 1',
      '{ $.a = 1 } x',
      '{ ($.a = 1 }',
      '{ $.a = 1 && }',
      '{ $.a = a@b }',
      `{ ${'('.repeat(200)}$.a = 1${')'.repeat(200)} }`,
      `{ $.a = ${'x'.repeat(1024)} }`,
    ]);
  });

  it('agree with a plain reading of random expressions', () => {
    type Node = { text: string; value: (document: Record<string, number>) => boolean };
    const comparisons: Record<string, (left: number, right: number) => boolean> = {
      '=': (left, right) => left === right,
      '!=': (left, right) => left !== right,
      '>': (left, right) => left > right,
      '<=': (left, right) => left <= right,
    };
    const leaf: fc.Arbitrary<Node> = fc
      .tuple(
        fc.constantFrom('a', 'b', 'c'),
        fc.constantFrom(...Object.entries(comparisons)),
        fc.integer({ max: 4, min: 0 }),
      )
      .map(([name, [operator, compare], bound]) => ({
        text: `$.${name} ${operator} ${bound}`,
        value: (document) => document[name] !== undefined && compare(document[name], bound),
      }));
    const tree = fc.letrec<{ node: Node }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.tuple(tie('node'), fc.constantFrom('&&', '||'), tie('node')).map(([left, operator, right]) => ({
          text: `(${left.text}) ${operator} (${right.text})`,
          value: (document: Record<string, number>) =>
            operator === '&&'
              ? left.value(document) && right.value(document)
              : left.value(document) || right.value(document),
        })),
      ),
    })).node;
    const document = fc.record(
      { a: fc.integer({ min: 0, max: 4 }), b: fc.integer({ min: 0, max: 4 }), c: fc.integer({ min: 0, max: 4 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(tree, document, ({ text, value }, values) => {
        fc.pre(text.length < 1000);
        const entries = Object.fromEntries(Object.entries(values).filter(([, number]) => number !== undefined));
        assert.equal(matches(`{ ${text} }`, JSON.stringify(values)), value(entries));
      }),
    );
  });
});

describe('space-delimited patterns', () => {
  const line = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';

  it('name as many fields as the message has', () => {
    assertMatches(line, {
      '[ip, user, username, timestamp, request, status_code, bytes]': true,
      '[ip, user, username, timestamp, request, status_code]': false,
      '[ip, user, username, timestamp, request, status_code, bytes, more]': false,
      '[..., status_code, bytes]': true,
      '[ip, ...]': true,
      '[...]': true,
      '[ip, ..., status_code = 404, bytes]': true,
    });
  });

  it('meet conditions', () => {
    assertMatches(line, {
      '[..., status_code = 4*, bytes > 1000]': true,
      '[..., status_code = 4* && status_code != 404, bytes]': false,
      '[..., request = *html*, status_code, bytes]': true,
      '[ip = 127.0.0.1 || ip = 10.0.0.1, ...]': true,
      '[ip=!127.*, ...]': false,
      '[..., status_code, bytes >= 2e3]': false,
      '[..., status_code > 10 && bytes < 2000, bytes]': true,
    });
  });

  it('yield the fields by name, or by position for those left out', () => {
    assert.deepEqual(compileLogMatcher('[..., request=*.html*, status_code=4*,]')(line)?.extracted, {
      $status_code: '404',
      $request: 'GET /index.html HTTP/1.0',
      $7: '1534',
      $4: '10/Oct/2000:13:25:15 -0700',
      $3: 'frank',
      $2: '-',
      $1: '127.0.0.1',
    });
  });

  it('are invalid when they do not follow the grammar', () => {
    assertInvalid(['[a', '[a] b', '[a, ..., b, ...]', '[a > x]', '[a b]', '[a = ]']);
  });
});

it('hands out the values of a match', () => {
  const match = compileLogMatcher('{ $.latency = * }')('{"latency":12.5,"user":{"id":"u1"},"list":[]}');
  assert.equal(match?.value('$.latency'), '12.5');
  assert.equal(match?.value('$.user.id'), 'u1');
  assert.equal(match?.value('$.list'), undefined);
  assert.deepEqual(match?.extracted, { '$.latency': '12.5' });
});

it('answers any text with a filter or an InvalidParameterException', () => {
  const alphabet = fc.constantFrom(
    ...'{}[]()$.=!<>&|*%"?-,\\ aE1_'.split(''),
    'IS TRUE',
    'NOT EXISTS',
    '...',
    '$.a',
    '&&',
  );
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 30 }), fc.constantFrom('{', '[', '', '%'), (parts, start) => {
      try {
        compileLogFilter(start + parts.join(''))('{"a":1} "b c" [d]');
      } catch (error) {
        assert.ok(error instanceof AwsError && error.code === 'InvalidParameterException', String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
