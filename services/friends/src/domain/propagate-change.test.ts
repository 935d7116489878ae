import { expect, test } from '@jest/globals';
import type { FriendshipRow } from './friendship.ts';
import { propagateChange } from './propagate-change.ts';

const row: FriendshipRow = {
  player_id: 'ann',
  friend_id: 'bob',
  state: 'Requested',
  last_updated: 1,
  request_id: 'first',
};

test('a change fails if its rows change at every attempt, so that the stream delivers it again', async () => {
  let attempts = 0;
  const friendships = {
    find: async () => ({ playerRow: row, friendRow: undefined }),
    apply: async () => {
      attempts += 1;
      return { refused: 'changed' } as const;
    },
  };
  await expect(propagateChange({ kind: 'requested', row }, friendships, new Date())).rejects.toThrow(
    /changed at every attempt/,
  );
  expect(attempts).toBe(4);
});
