import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type * as z from 'zod/mini';
import { loadContract } from '#test/support/openapi-contract.ts';
import { newTask, taskContent, taskQuery } from './domain/task.ts';

const contract = loadContract('tasks.yml');
const accepts = (schema: z.ZodMiniType, value: unknown): boolean => schema.safeParse(value).success;

/** Lengths around `limit`, counted in code points, of characters of one and of two UTF-16 units. */
const textUpTo = (limit: number) =>
  fc
    .tuple(fc.constantFrom('x', 'ü', '🌱', '\n'), fc.constantFrom(0, 1, limit - 1, limit, limit + 1))
    .map(([character, length]) => character.repeat(length));
const instant = fc.oneof(
  fc
    .date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
    .map((at) => at.toISOString()),
  fc.constantFrom(
    '2026-03-01T09:00:00+01:00',
    '2026-03-01T09:00:00.123456Z',
    '2026-03-01T09:00Z',
    '2026-03-01t09:00:00z',
    '2026-03-01 09:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-03-01T25:00:00Z',
    '2026-03-01T09:00:00',
    '2026-03-01',
    'tomorrow',
    '',
  ),
);
const other = fc.constantFrom(null, 0, 1, '', 'true', [], {});
const fields = {
  title: fc.oneof({ weight: 5, arbitrary: textUpTo(100) }, other),
  detail: fc.oneof({ weight: 5, arbitrary: textUpTo(1000) }, other),
  dueAt: fc.oneof({ weight: 5, arbitrary: instant }, other),
  isComplete: fc.oneof({ weight: 5, arbitrary: fc.boolean() }, other),
};
const id = fc.constant('0197d2a0-0000-7000-8000-000000000000');
const body = fc.oneof(
  { weight: 3, arbitrary: fc.record(fields, { requiredKeys: ['title'], noNullPrototype: true }) },
  fc.record({ ...fields, id }, { requiredKeys: [], noNullPrototype: true }),
);

describe('the specification of tasks and the schemas of its functions', () => {
  it('take the same bodies', () => {
    const counts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(fc.oneof({ weight: 20, arbitrary: body }, other), (value) => {
        const accepted = accepts(newTask, value);
        counts[accepted ? 'accepted' : 'refused']++;
        expect(contract.acceptsBody('createTask', value)).toBe(accepted);
        expect(contract.acceptsBody('replaceTask', value)).toBe(accepts(taskContent, value));
      }),
      { numRuns: 3000 },
    );
    // Neither side of the comparison may go untested.
    expect(counts.accepted > 50 && counts.refused > 50).toBe(true);
  });

  it('take the same queries', () => {
    const query = fc.record(
      {
        limit: fc.constantFrom('-1', '0', '1', '50', '100', '101', '', '1.5', 'x', '10e1'),
        nextToken: fc.oneof(
          fc.constantFrom('', 'x'),
          fc.constantFrom(1024, 1025).map((length) => 'x'.repeat(length)),
        ),
        isComplete: fc.constantFrom('true', 'false', 'TRUE', '1', ''),
        dueBefore: instant,
        sort: fc.constant('asc'),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(query, (value) => expect(contract.acceptsQuery('listTasks', value)).toBe(accepts(taskQuery, value))),
      { numRuns: 2000 },
    );
    expect(taskQuery.parse({})).toStrictEqual(contract.queryDefaults('listTasks'));
  });
});
