import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type * as z from 'zod/mini';
import { loadContract } from '#test/support/openapi-contract.ts';
import { newOrder, orderListQuery, orderQuery, orderUpdate } from './domain/order.ts';

const contract = loadContract('orders.yml');
const accepts = (schema: z.ZodMiniType, value: unknown): boolean => schema.safeParse(value).success;

const username = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{1,5}$/) },
  fc.stringMatching(/^[A-Za-z0-9._-]{0,5}$/),
  fc.constantFrom('', 'a b', 'ä1', 'x'.repeat(64), 'x'.repeat(65)),
);
// More decimals than four are what the specification can only tell; orders-api.test.ts tries them.
const amount = fc.oneof(
  fc.integer({ min: -20_000, max: 1_000_000_000 }).map((tenThousandths) => tenThousandths / 10_000),
  fc.constantFrom(0, 99_999_999_999.9999, 100_000_000_000, 1e300),
);
const other = fc.constantFrom(null, 0, -1, '', 'x', true, [], {});
const often = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 9, arbitrary }, other);
const body = fc.record(
  {
    amount: often(amount),
    numItems: often(fc.oneof(fc.integer({ min: -1, max: 3 }), fc.constantFrom(1.5, 1_000_000, 1_000_001))),
    username: often(username),
  },
  { requiredKeys: ['amount', 'numItems'], noNullPrototype: true },
);
const withNote = body.map((value) => ({ ...value, note: 'x' }));
const update = fc.record(
  {
    username: often(username),
    status: often(fc.constantFrom('PLACED', 'CONFIRMED', 'SHIPPED', 'DELIVERED', 'CANCEL', 'cancel', 'CANCELLED')),
    note: fc.constant('x'),
  },
  { requiredKeys: ['username'], noNullPrototype: true },
);

describe('the specification of orders and the schemas of its functions', () => {
  it('take the same bodies', () => {
    const counts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.oneof({ weight: 20, arbitrary: body }, withNote, other),
        fc.oneof(update, other),
        (placed, updated) => {
          const accepted = accepts(newOrder, placed);
          counts[accepted ? 'accepted' : 'refused']++;
          expect(contract.acceptsBody('placeOrder', placed)).toBe(accepted);
          expect(contract.acceptsBody('updateOrder', updated)).toBe(accepts(orderUpdate, updated));
        },
      ),
      { numRuns: 3000 },
    );
    expect(counts.accepted > 50 && counts.refused > 50).toBe(true);
  });

  it('take the same queries', () => {
    const query = fc.record(
      {
        username,
        limit: fc.constantFrom('-1', '0', '1', '50', '100', '101', '', '1.5', 'x'),
        nextToken: fc.constantFrom(0, 1, 1024, 1025).map((length) => 'x'.repeat(length)),
        sort: fc.constant('asc'),
      },
      { requiredKeys: ['username'], noNullPrototype: true },
    );
    fc.assert(
      fc.property(query, (value) => {
        expect(contract.acceptsQuery('listOrders', value)).toBe(accepts(orderListQuery, value));
        expect(contract.acceptsQuery('getOrder', value)).toBe(accepts(orderQuery, value));
        expect(contract.acceptsQuery('deleteOrder', value)).toBe(accepts(orderQuery, value));
      }),
      { numRuns: 2000 },
    );
    expect(orderListQuery.parse({ username: 'ada' })).toStrictEqual({
      username: 'ada',
      ...contract.queryDefaults('listOrders'),
    });
  });
});
