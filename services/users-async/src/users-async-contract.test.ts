import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadContract } from '#test/support/openapi-contract.ts';
import { newUser } from './domain/user-message.ts';

const contract = loadContract('users-async.yml');

/** Of each range of the pattern one, beside what is around it and what is no whole character. */
const odd = fc.constantFrom(
  ...' \n\u0000\u007f\u00ad\u034f\u0378\u1680\u2007\u200b\u205f\u2028\u2060\u3000\ufeff\ud800\udfff"(),:;<>[\\]@.a🌱',
);
const character = fc.oneof(odd, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.constantFrom('a', 'ü'));
const characters = fc.array(character, { maxLength: 6 }).map((parts) => parts.join(''));
const name = fc.oneof(
  characters,
  fc.constantFrom(0, 1, 100, 101).map((length) => '🌱'.repeat(length)),
);
const email = fc.oneof(
  fc.tuple(characters, characters).map(([local, domain]) => `a${local}@b${domain}.c`),
  fc.constantFrom(250, 251).map((length) => `${'a'.repeat(length)}@b.c`),
  characters,
);
const other = fc.constantFrom(null, 0, true, [], {});
const fields = {
  name: fc.oneof({ weight: 9, arbitrary: name }, other),
  email: fc.oneof({ weight: 9, arbitrary: email }, other),
};
const body = fc.oneof(
  { weight: 3, arbitrary: fc.record(fields, { noNullPrototype: true }) },
  fc.record({ ...fields, admin: fc.constant(true) }, { requiredKeys: [], noNullPrototype: true }),
);

it('the model of the gateway and the consumer take the same users', () => {
  const counts = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(fc.oneof({ weight: 20, arbitrary: body }, other), (value) => {
      const accepted = newUser.safeParse(value).success;
      counts[accepted ? 'accepted' : 'refused']++;
      expect(contract.acceptsBody('createUser', value)).toBe(accepted);
    }),
    { numRuns: 5000 },
  );
  // Neither side of the comparison may go untested.
  expect(counts.accepted > 50 && counts.refused > 50).toBe(true);
});
