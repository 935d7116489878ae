import { describe, expect, it } from '@jest/globals';
import * as z from 'zod/mini';
import { describeIssues } from './describe-issues.ts';

const problems = (schema: z.ZodMiniType, input: unknown) => {
  const { error } = schema.safeParse(input);
  return error === undefined ? [] : describeIssues(error);
};

describe('a problem of a request', () => {
  for (const [what, schema, input, message] of [
    ['an absent field', z.string(), undefined, 'is required'],
    ['a number for text', z.string(), 1, 'must be a string'],
    ['text for a list', z.array(z.string()), 'x', 'must be an array'],
    ['text for an integer', z.int(), 'x', 'must be a number'],
    ['a fraction', z.int(), 1.5, 'must be an integer'],
    ['a small number', z.number().check(z.minimum(3)), 2, 'must be at least 3'],
    ['a large number', z.number().check(z.maximum(3)), 4, 'must be at most 3'],
    ['short text', z.string().check(z.minLength(3)), 'ab', 'must be at least 3 characters long'],
    ['a long list', z.array(z.string()).check(z.maxLength(1)), ['a', 'b'], 'must be at most 1 items long'],
    ['another word', z.enum(['a', 'b']), 'c', 'must be one of: a, b'],
    ['text of another form', z.string().check(z.regex(/^a$/)), 'b', 'has the wrong format'],
    ['what is no address', z.email(), 'b', 'must be a valid email'],
  ] as const) {
    it(`says of ${what}: ${message}`, () => {
      expect(problems(z.object({ field: schema }), { field: input })).toStrictEqual([{ path: 'field', message }]);
    });
  }

  it('is reported for at most fifty fields, with their names cut', () => {
    const schema = z.object({ list: z.array(z.strictObject({})) });
    const unknown = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`f${at}`, 1]));
    const found = problems(schema, { list: [unknown, unknown] });
    expect(found).toHaveLength(50);
    expect(found[0]).toStrictEqual({ path: 'list.0.f0', message: 'is not a known field' });
    const pathOf = (length: number) => problems(z.strictObject({}), { ['n'.repeat(length)]: 1 })[0]?.path;
    expect(pathOf(120)).toBe('n'.repeat(120));
    expect(pathOf(121)).toBe(`${'n'.repeat(120)}…`);
  });
});
