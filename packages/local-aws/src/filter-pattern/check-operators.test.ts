import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonValue } from '../core/json.ts';
import type { FilteringService } from './check-operators.ts';
import { compileFilters } from './compile-filters.ts';

const services = ['mapping', 'pipe', 'subscription'] as const;

/** Who documents an operator: see the links in check-operators.ts. */
const operators: readonly [matcher: JsonValue, services: readonly FilteringService[]][] = [
  ['x', services],
  [{ prefix: 'x' }, services],
  [{ suffix: 'x' }, services],
  [{ 'equals-ignore-case': 'x' }, services],
  [{ 'anything-but': ['x'] }, services],
  [{ numeric: ['>', 1] }, services],
  [{ exists: false }, services],
  [{ cidr: '10.0.0.0/8' }, ['pipe', 'subscription']],
  [{ prefix: { 'equals-ignore-case': 'x' } }, ['pipe']],
  [{ suffix: { 'equals-ignore-case': 'x' } }, ['pipe']],
  [{ 'anything-but': { prefix: 'x' } }, ['subscription']],
  [{ 'anything-but': { suffix: 'x' } }, []],
  [{ 'anything-but': { 'equals-ignore-case': 'x' } }, []],
  [{ 'anything-but': { wildcard: 'x*' } }, []],
  [{ wildcard: 'x*' }, []],
];

describe('an operator', () => {
  for (const [matcher, having] of operators) {
    it(`${JSON.stringify(matcher)} is for ${['rules', ...having].join(', ')} only, wherever it stands`, () => {
      for (const pattern of [{ a: [matcher] }, { a: { b: [1, matcher] } }, { $or: [{ a: ['y'] }, { b: [matcher] }] }]) {
        const text = JSON.stringify(pattern);
        compileFilters([text]);
        for (const service of services) {
          if (having.includes(service)) compileFilters([text], service);
          else
            assert.throws(() => compileFilters([text], service), /Invalid filter pattern definition\. The operator /);
        }
      }
    });
  }

  it('of another service is named', () => {
    assert.throws(() => compileFilters(['{"a":[{"wildcard":"x*"}]}'], 'mapping'), {
      code: 'InvalidParameterValueException',
      message: 'Invalid filter pattern definition. The operator wildcard is not supported in a mapping filter.',
    });
    assert.throws(() => compileFilters(['{"a":[{"anything-but":{"prefix":"x"}}]}'], 'pipe'), {
      message:
        'Invalid filter pattern definition. The operator anything-but with prefix is not supported in a pipe filter.',
      reason: 'Unsupported anything-but pattern: prefix',
    });
  });

  it('in a field called $or is found', () => {
    assert.throws(() => compileFilters(['{"$or":[{"wildcard":"x*"}]}'], 'mapping'), /wildcard/);
  });
});
