import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadContract } from '#test/support/openapi-contract.ts';
import { friendQuery } from './domain/friend.ts';
import { friendMessage } from './domain/friendship.ts';

const contract = loadContract('friends.yml');

/** Ids around the longest length, of allowed and of other characters. */
const id = fc.oneof(
  { weight: 10, arbitrary: fc.stringMatching(/^[\w.@:-]{1,64}$/) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.constantFrom('x', 'Z', '0', '_', '.', '@', ':', '-', '/', ' ', 'ü', '\n'),
        fc.constantFrom(0, 1, 2, 64, 65),
      )
      .map(([character, length]) => `a${character.repeat(length)}`.slice(0, Math.max(length, 0))),
  },
  fc.constantFrom(null, 1, '', 'ann\n', [], {}),
);
const body = fc.record(
  {
    player_id: id,
    friend_id: id,
    friend_action: fc.constantFrom('Request', 'Accept', 'Reject', 'Unfriend', 'request', '', null),
    admin: fc.constant(true),
  },
  { requiredKeys: ['player_id', 'friend_id', 'friend_action'], noNullPrototype: true },
);

describe('the specification of friends and the schemas of its functions', () => {
  it('accept the same messages, except those of players to themselves', () => {
    const counts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(fc.oneof({ weight: 20, arbitrary: body }, fc.constantFrom(null, [], {}, 'x')), (value) => {
        const isSelf =
          typeof value === 'object' && value !== null && 'player_id' in value && value.player_id === value.friend_id;
        const accepted = friendMessage.safeParse(value).success;
        counts[accepted ? 'accepted' : 'refused']++;
        if (!isSelf) expect(contract.acceptsBody('sendAction', value)).toBe(accepted);
        else expect(accepted).toBe(false);
      }),
      { numRuns: 3000 },
    );
    // Both sides of the comparison must be tested.
    expect(counts.accepted > 50 && counts.refused > 50).toBe(true);
  });

  it('accept the same queries', () => {
    const query = fc.record(
      {
        limit: fc.constantFrom('-1', '0', '1', '50', '100', '101', '', '1.5', 'x', '10e1'),
        nextToken: fc.oneof(
          fc.constantFrom('', 'x'),
          fc.constantFrom(1024, 1025).map((length) => 'x'.repeat(length)),
        ),
        state: fc.constantFrom('Requested', 'Pending', 'Friends', 'friends', ''),
        sort: fc.constant('asc'),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(query, (value) =>
        expect(contract.acceptsQuery('listFriends', value)).toBe(friendQuery.safeParse(value).success),
      ),
      { numRuns: 2000 },
    );
    expect(friendQuery.parse({})).toStrictEqual(contract.queryDefaults('listFriends'));
  });
});
