import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type * as z from 'zod/mini';
import { loadContract } from '#test/support/openapi-contract.ts';
import { productContent, productQuery } from './domain/product.ts';

const contract = loadContract('products.yml');
const accepts = (schema: z.ZodMiniType, value: unknown): boolean => schema.safeParse(value).success;

/** Lengths around `limit`, counted in code points, of characters of one and of two UTF-16 units. */
const textUpTo = (limit: number) =>
  fc
    .tuple(fc.constantFrom('x', 'ü', '🌱', '\n'), fc.constantFrom(0, 1, limit - 1, limit, limit + 1))
    .map(([character, length]) => character.repeat(length));
const other = fc.constantFrom(null, 0, 1, '', 'true', [], {});
const often = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 20, arbitrary }, other);
const category = fc.oneof(
  fc.constantFrom('tools', 'books', 'garden-tools', 'a-1', 'x'.repeat(50), `${'x-'.repeat(24)}xx`),
  fc.constantFrom('', 'Tools', '-a', 'a-', 'a--b', 'a b', 'ä', 'a\n', 'x'.repeat(51)),
);
const price = fc.record(
  {
    amount: often(fc.constantFrom(0, 1, 99_999_999_999, 1999, -1, 0.5, 100_000_000_000, 1e300)),
    currency: often(fc.constantFrom('EUR', 'USD', 'eur', 'EU', 'EURO', 'EUR\n')),
    tax: fc.constant(1),
  },
  { requiredKeys: ['amount', 'currency'], noNullPrototype: true },
);
const cleanPrice = fc
  .constantFrom(-1, 0, 1999, 99_999_999_999, 100_000_000_000)
  .map((amount) => ({ amount, currency: 'EUR' }));
const body = fc.record(
  {
    name: often(textUpTo(100)),
    description: often(textUpTo(2000)),
    category: often(category),
    price: often(fc.oneof({ weight: 1, arbitrary: price }, { weight: 2, arbitrary: cleanPrice })),
  },
  { requiredKeys: ['name', 'category', 'price'], noNullPrototype: true },
);

describe('the specification of products and the schemas of its function', () => {
  it('take the same bodies', () => {
    const counts = { accepted: 0, refused: 0 };
    const values = fc.oneof(
      { weight: 20, arbitrary: body },
      { weight: 1, arbitrary: body.map((value) => ({ ...value, id: 'x' })) },
      other,
    );
    fc.assert(
      fc.property(values, (value) => {
        const accepted = accepts(productContent, value);
        counts[accepted ? 'accepted' : 'refused']++;
        expect(contract.acceptsBody('createProduct', value)).toBe(accepted);
        expect(contract.acceptsBody('replaceProduct', value)).toBe(accepted);
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
        category,
        sort: fc.constant('asc'),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(query, (value) =>
        expect(contract.acceptsQuery('listProducts', value)).toBe(accepts(productQuery, value)),
      ),
      { numRuns: 2000 },
    );
    expect(productQuery.parse({})).toStrictEqual(contract.queryDefaults('listProducts'));
  });
});
