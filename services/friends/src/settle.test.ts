import { describe, expect, it } from '@jest/globals';
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
    expect(settle(change, { own: requested, counterpart: none })).toStrictEqual({ kind: 'deliver', over: none });
  });

  it('takes the place of what an unfriending or a rejection has yet to remove', () => {
    for (const over of [row('bob', 'Friends', 'zeroth'), row('bob', 'Requested', 'zeroth', true)]) {
      expect(settle(change, { own: requested, counterpart: over })).toStrictEqual({ kind: 'deliver', over });
    }
  });

  it('makes friends of two who asked each other before either knew', () => {
    const counterpart = row('bob', 'Requested', 'other');
    expect(settle(change, { own: requested, counterpart })).toStrictEqual({ kind: 'befriendBoth', counterpart });
    const mirrored = { kind: 'requested', row: counterpart } as const;
    expect(settle(mirrored, { own: counterpart, counterpart: requested })).toStrictEqual({ kind: 'nothing' });
  });

  it('is not delivered again, nor after it was answered, nor in the place of a later one', () => {
    const later = [
      row('ann', 'Requested', 'first', true),
      row('ann', 'Friends', 'first'),
      row('ann', 'Requested', 'second'),
    ];
    for (const own of [...later, none]) {
      expect(settle(change, { own, counterpart: none })).toStrictEqual({ kind: 'nothing' });
    }
  });
});

describe('an acceptance', () => {
  const change = { kind: 'accepted', row: row('bob', 'Friends', 'first') } as const;
  const own = change.row;

  it('turns the row of the same request', () => {
    const counterpart = row('ann', 'Requested', 'first', true);
    expect(settle(change, { own, counterpart })).toStrictEqual({ kind: 'befriend', counterpart });
  });

  it('leaves a later request alone, and does nothing the second time', () => {
    for (const counterpart of [row('ann', 'Requested', 'second', true), row('ann', 'Friends', 'first'), none]) {
      expect(settle(change, { own, counterpart })).toStrictEqual({ kind: 'nothing' });
    }
  });
});

describe('a rejection and an unfriending', () => {
  it('remove the row of the same request, also one that an acceptance has yet to reach', () => {
    const change = { kind: 'unfriended', row: row('bob', 'Friends', 'first') } as const;
    for (const counterpart of [row('ann', 'Friends', 'first'), row('ann', 'Requested', 'first', true)]) {
      expect(settle(change, { own: none, counterpart })).toStrictEqual({ kind: 'remove', counterpart });
    }
  });

  it('leave a later request alone, and do nothing for their own echo', () => {
    const change = { kind: 'rejected', row: row('bob', 'Pending', 'first') } as const;
    for (const counterpart of [row('ann', 'Requested', 'second'), none]) {
      expect(settle(change, { own: none, counterpart })).toStrictEqual({ kind: 'nothing' });
    }
  });
});
