import type { FriendRow } from './friendship.ts';

/** What a player's action did to the player's own row. The stream tells it; the friend's row has yet to follow. */
export type ChangeKind = 'requested' | 'accepted' | 'rejected' | 'unfriended';
export type Change = { readonly kind: ChangeKind; readonly row: FriendRow };

/** Both players' rows as they are now. */
export type PairOfRows = { readonly own: FriendRow | undefined; readonly counterpart: FriendRow | undefined };

/** The one write that brings the friend's row in line. Each holds only while the rows are as they were read. */
export type Settlement =
  /** The friend sees the request, in place of whatever the row still says of an earlier one. */
  | { readonly kind: 'deliver'; readonly over: FriendRow | undefined }
  /** Both asked before either had seen the other's request. */
  | { readonly kind: 'befriendBoth'; readonly counterpart: FriendRow }
  | { readonly kind: 'befriend'; readonly counterpart: FriendRow }
  | { readonly kind: 'remove'; readonly counterpart: FriendRow }
  | { readonly kind: 'nothing' };

const nothing = { kind: 'nothing' } as const;

/**
 * Decides what a change means for the friend's row.
 *
 * Four functions work on the stream independently, so the effects of one player's changes may arrive in any order, late
 * or twice. The request id sorts that out: an effect applies to rows of its own request and to no others.
 */
export function settle({ kind, row }: Change, { own, counterpart }: PairOfRows): Settlement {
  const isSameRequest = counterpart?.request_id === row.request_id;
  switch (kind) {
    case 'requested': {
      const isWaiting = own?.request_id === row.request_id && own.state === 'Requested' && own.is_delivered !== true;
      if (!isWaiting) return nothing;
      // The player could ask only because the own row was gone. A counterpart that is still there is either a request
      // that the player never saw, or what a rejection or an unfriending has yet to remove.
      if (counterpart?.state !== 'Requested' || counterpart.is_delivered === true)
        return { kind: 'deliver', over: counterpart };
      // Both requests are on the stream, and one write is enough. That of the first by name does it, whichever comes first.
      return row.player_id < row.friend_id ? { kind: 'befriendBoth', counterpart } : nothing;
    }
    case 'accepted':
      return isSameRequest && counterpart.state === 'Requested' ? { kind: 'befriend', counterpart } : nothing;
    case 'rejected':
    case 'unfriended':
      // Also a row that is still Requested: an acceptance that was taken back before it arrived.
      return isSameRequest ? { kind: 'remove', counterpart } : nothing;
  }
}
