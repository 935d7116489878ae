import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FriendRow, FriendState } from './friendship.ts';
import { settle } from './settle.ts';

const row = (player_id: string, state: FriendState, request_id: string, is_delivered?: boolean): FriendRow => ({
  player_id,
  friend_id: player_id === 'ann' ? 'bob' : 'ann',
  state,
  last_updated: 0,
  request_id,
  is_delivered,
});
const requested = row('ann', 'Requested', 'first');
const none = undefined;

describe('a request', () => {
  const change = { kind: 'requested', row: requested } as const;

  it('is delivered to a friend who has no row', () => {
    assert.deepEqual(settle(change, { own: requested, counterpart: none }), { kind: 'deliver', over: none });
  });

  it('takes the place of what an unfriending or a rejection has yet to remove', () => {
    for (const over of [row('bob', 'Friends', 'zeroth'), row('bob', 'Requested', 'zeroth', true)]) {
      assert.deepEqual(settle(change, { own: requested, counterpart: over }), { kind: 'deliver', over });
    }
  });

  it('makes friends of two who asked each other before either knew', () => {
    const counterpart = row('bob', 'Requested', 'other');
    assert.deepEqual(settle(change, { own: requested, counterpart }), { kind: 'befriendBoth', counterpart });
    const mirrored = { kind: 'requested', row: counterpart } as const;
    assert.deepEqual(settle(mirrored, { own: counterpart, counterpart: requested }), { kind: 'nothing' });
  });

  it('is not delivered again, nor after it was answered, nor in the place of a later one', () => {
    const later = [
      row('ann', 'Requested', 'first', true),
      row('ann', 'Friends', 'first'),
      row('ann', 'Requested', 'second'),
    ];
    for (const own of [...later, none]) {
      assert.deepEqual(settle(change, { own, counterpart: none }), { kind: 'nothing' });
    }
  });
});

describe('an acceptance', () => {
  const change = { kind: 'accepted', row: row('bob', 'Friends', 'first') } as const;
  const own = change.row;

  it('turns the row of the same request', () => {
    const counterpart = row('ann', 'Requested', 'first', true);
    assert.deepEqual(settle(change, { own, counterpart }), { kind: 'befriend', counterpart });
  });

  it('leaves a later request alone, and does nothing the second time', () => {
    for (const counterpart of [row('ann', 'Requested', 'second', true), row('ann', 'Friends', 'first'), none]) {
      assert.deepEqual(settle(change, { own, counterpart }), { kind: 'nothing' });
    }
  });
});

describe('a rejection and an unfriending', () => {
  it('remove the row of the same request, also one that an acceptance has yet to reach', () => {
    const change = { kind: 'unfriended', row: row('bob', 'Friends', 'first') } as const;
    for (const counterpart of [row('ann', 'Friends', 'first'), row('ann', 'Requested', 'first', true)]) {
      assert.deepEqual(settle(change, { own: none, counterpart }), { kind: 'remove', counterpart });
    }
  });

  it('leave a later request alone, and do nothing for their own echo', () => {
    const change = { kind: 'rejected', row: row('bob', 'Pending', 'first') } as const;
    for (const counterpart of [row('ann', 'Requested', 'second'), none]) {
      assert.deepEqual(settle(change, { own: none, counterpart }), { kind: 'nothing' });
    }
  });
});
