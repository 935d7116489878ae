import assert from 'node:assert/strict';
import { test } from 'node:test';
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
  await assert.rejects(followChange({ kind: 'requested', row }, pairs, new Date()), /changed at every attempt/);
  assert.equal(attempts, 4);
});
