import { describe, expect, it } from '@jest/globals';
import { decideUpdate } from './friend-update.ts';
import type { FriendState, FriendshipRow } from './friendship.ts';

const row = (player_id: string, state: FriendState, request_id: string, is_delivered?: boolean): FriendshipRow => ({
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
    expect(decideUpdate(change, { playerRow: requested, friendRow: none })).toStrictEqual({
      kind: 'deliver',
      replaces: none,
    });
  });

  it('replaces a row that an unfriending or a rejection has still to remove', () => {
    for (const replaces of [row('bob', 'Friends', 'zeroth'), row('bob', 'Requested', 'zeroth', true)]) {
      expect(decideUpdate(change, { playerRow: requested, friendRow: replaces })).toStrictEqual({
        kind: 'deliver',
        replaces,
      });
    }
  });

  it('is accepted together with the request that the friend has sent before the delivery', () => {
    const friendRow = row('bob', 'Requested', 'other');
    expect(decideUpdate(change, { playerRow: requested, friendRow })).toStrictEqual({ kind: 'accept-both', friendRow });
    const other = { kind: 'requested', row: friendRow } as const;
    expect(decideUpdate(other, { playerRow: friendRow, friendRow: requested })).toStrictEqual({ kind: 'none' });
  });

  it('is not delivered twice, nor after it was answered, nor in place of a later one', () => {
    const later = [
      row('ann', 'Requested', 'first', true),
      row('ann', 'Friends', 'first'),
      row('ann', 'Requested', 'second'),
    ];
    for (const playerRow of [...later, none]) {
      expect(decideUpdate(change, { playerRow, friendRow: none })).toStrictEqual({ kind: 'none' });
    }
  });
});

describe('an acceptance', () => {
  const change = { kind: 'accepted', row: row('bob', 'Friends', 'first') } as const;
  const playerRow = change.row;

  it('accepts the row of the same request', () => {
    const friendRow = row('ann', 'Requested', 'first', true);
    expect(decideUpdate(change, { playerRow, friendRow })).toStrictEqual({ kind: 'accept', friendRow });
  });

  it('does not change the row of a later request, and does nothing the second time', () => {
    for (const friendRow of [row('ann', 'Requested', 'second', true), row('ann', 'Friends', 'first'), none]) {
      expect(decideUpdate(change, { playerRow, friendRow })).toStrictEqual({ kind: 'none' });
    }
  });
});

describe('a rejection and an unfriending', () => {
  it('remove the row of the same request, even before an acceptance has changed it', () => {
    const change = { kind: 'unfriended', row: row('bob', 'Friends', 'first') } as const;
    for (const friendRow of [row('ann', 'Friends', 'first'), row('ann', 'Requested', 'first', true)]) {
      expect(decideUpdate(change, { playerRow: none, friendRow })).toStrictEqual({ kind: 'remove', friendRow });
    }
  });

  it('do not change the row of a later request, and do nothing for the deletion that they cause', () => {
    const change = { kind: 'rejected', row: row('bob', 'Pending', 'first') } as const;
    for (const friendRow of [row('ann', 'Requested', 'second'), none]) {
      expect(decideUpdate(change, { playerRow: none, friendRow })).toStrictEqual({ kind: 'none' });
    }
  });
});
