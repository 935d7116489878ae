import { expect, test } from '@jest/globals';
import { followChange } from './follow-change.ts';
import type { FriendRow } from './friendship.ts';

const row: FriendRow = { player_id: 'ann', friend_id: 'bob', state: 'Requested', last_updated: 1, request_id: 'first' };

test('a change whose rows keep changing fails, so that the stream delivers it again', async () => {
  let attempts = 0;
  const pairs = {
    find: async () => ({ own: row, counterpart: undefined }),
    apply: async () => {
      attempts += 1;
      return false;
    },
  };
  await expect(followChange({ kind: 'requested', row }, pairs, new Date())).rejects.toThrow(/changed at every attempt/);
  expect(attempts).toBe(4);
});
