import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadContract } from '#test/support/openapi-contract.ts';
import { planQuery } from './domain/plan.ts';

it('takes the queries that its specification promises to take', () => {
  const contract = loadContract('planner.yml');
  const day = fc.tuple(
    fc.integer({ min: 1899, max: 2101 }),
    fc.integer({ min: 0, max: 13 }),
    fc.integer({ min: 0, max: 32 }),
  );
  const written = day.map(
    ([year, month, date]) => `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`,
  );
  const query = fc.record(
    {
      date: fc.oneof(written, fc.constantFrom('', 'today', '2026-1-1', '2026-02-29', '2028-02-29', '20260101')),
      // Which names are time zones is for the IANA to say and not for a specification.
      timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', '', 'x'.repeat(65)),
      limit: fc.constant('1'),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  fc.assert(
    fc.property(query, (value) =>
      expect(contract.acceptsQuery('getPlan', value)).toBe(planQuery.safeParse(value).success),
    ),
    { numRuns: 1000 },
  );
  expect(planQuery.parse({})).toStrictEqual(contract.queryDefaults('getPlan'));
});
