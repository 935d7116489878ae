import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type * as z from 'zod/mini';
import { loadContract } from '#test/support/openapi-contract.ts';
import { addressQuery, newAddress, newUser, userChange, userQuery } from './domain/user.ts';

const contract = loadContract('users.yml');
const accepts = (schema: z.ZodMiniType, value: unknown): boolean => schema.safeParse(value).success;

const textUpTo = (limit: number) =>
  fc
    .tuple(fc.constantFrom('x', 'ü', '🌱'), fc.constantFrom(0, 1, 2, limit - 1, limit, limit + 1))
    .map(([character, length]) => character.repeat(length));
const username = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9._-]{0,5}$/),
  fc.constantFrom(64, 65).map((length) => 'x'.repeat(length)),
  fc.constantFrom('', 'a b', 'ä1', 'a/b', '\n'),
);
// Of addresses that change their shape when they are normalized the specification can only tell; users-api.test.ts tries them.
const email = fc.oneof(
  fc.emailAddress(),
  fc.constantFrom(
    'ü@x.org',
    'a@b',
    '@',
    'a@b@c.d',
    'a b@c.d',
    '',
    `${'x'.repeat(248)}@x.org`,
    `${'x'.repeat(249)}@x.org`,
  ),
);
const userType = fc.constantFrom('CUSTOMER', 'BUSINESS', 'customer', '');
const other = fc.constantFrom(null, 0, 1, '', true, [], {});
const often = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 9, arbitrary }, other);
const fields = {
  username: often(username),
  email: often(email),
  name: often(textUpTo(100)),
  userType: often(userType),
};
const body = fc.oneof(
  { weight: 3, arbitrary: fc.record(fields, { requiredKeys: ['username', 'email', 'name'], noNullPrototype: true }) },
  fc.record({ ...fields, address: fc.constant('x') }, { requiredKeys: [], noNullPrototype: true }),
);
const without = <K extends string>(value: object, ...keys: K[]) =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.some((dropped) => dropped === key)));

describe('the specification of users and the schemas of its functions', () => {
  it('take the same bodies', () => {
    const counts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(fc.oneof({ weight: 20, arbitrary: body }, other), (value) => {
        const candidates =
          typeof value === 'object' && value !== null
            ? [value, without(value, 'address'), without(value, 'address', 'username')]
            : [value];
        for (const candidate of candidates) {
          const accepted = accepts(newUser, candidate);
          counts[accepted ? 'accepted' : 'refused']++;
          expect(contract.acceptsBody('createUser', candidate)).toBe(accepted);
          expect(contract.acceptsBody('addUser', candidate)).toBe(accepted);
          expect(contract.acceptsBody('changeUser', candidate)).toBe(accepts(userChange, candidate));
        }
      }),
      { numRuns: 3000 },
    );
    expect(counts.accepted > 50 && counts.refused > 50).toBe(true);
  });

  it('take the same addresses', () => {
    const address = fc.record({ address: often(textUpTo(500)) }, { requiredKeys: [], noNullPrototype: true });
    fc.assert(
      fc.property(address, (value) =>
        expect(contract.acceptsBody('setAddress', value)).toBe(accepts(newAddress, value)),
      ),
    );
  });

  it('take the same queries', () => {
    const query = fc.record(
      {
        userType,
        limit: fc.constantFrom('-1', '0', '1', '50', '100', '101', '', '1.5', 'x'),
        nextToken: fc.constantFrom(0, 1, 1024, 1025).map((length) => 'x'.repeat(length)),
        sort: fc.constant('asc'),
      },
      { requiredKeys: ['userType'], noNullPrototype: true },
    );
    const addresses = fc.record({ username, new_address: textUpTo(500) }, { noNullPrototype: true });
    fc.assert(
      fc.property(query, addresses, (users, address) => {
        expect(contract.acceptsQuery('listUsers', users)).toBe(accepts(userQuery, users));
        expect(contract.acceptsQuery('editAddress', address)).toBe(accepts(addressQuery, address));
      }),
      { numRuns: 2000 },
    );
    expect(userQuery.parse({ userType: 'CUSTOMER' })).toStrictEqual({
      userType: 'CUSTOMER',
      ...contract.queryDefaults('listUsers'),
    });
  });
});
