import type { DynamoDBRecord } from 'aws-lambda';
import { readImage } from '#shared/dynamodb/stream-image.ts';
import { type FriendshipRow, friendshipRow } from './friendship.ts';

/** A change that an action made to a player's row. The friend's row has to follow. */
export type ChangeKind = 'requested' | 'accepted' | 'rejected' | 'unfriended';
export type Change = { readonly kind: ChangeKind; readonly row: FriendshipRow };

/** The current rows of a player and of the friend. */
export type FriendshipRows = {
  readonly playerRow: FriendshipRow | undefined;
  readonly friendRow: FriendshipRow | undefined;
};

/** The one write that makes the friend's row follow, on the condition that the rows have not changed since the read. */
export type FriendUpdate =
  /** Writes the friend's `Pending`, in place of a row that an earlier request has left. */
  | { readonly kind: 'deliver'; readonly replaces: FriendshipRow | undefined }
  /** Makes both rows `Friends`: each player sent a request before the other's was delivered. */
  | { readonly kind: 'accept-both'; readonly friendRow: FriendshipRow }
  | { readonly kind: 'accept'; readonly friendRow: FriendshipRow }
  | { readonly kind: 'remove'; readonly friendRow: FriendshipRow }
  | { readonly kind: 'none' };

const none = { kind: 'none' } as const;

/**
 * Decides which update a change requires.
 *
 * Four functions consume the stream independently, so changes of one player may be processed in any order, late or twice.
 * The request id makes this safe: a change applies only to rows of its own request.
 */
export function decideUpdate({ kind, row }: Change, { playerRow, friendRow }: FriendshipRows): FriendUpdate {
  const isSameRequest = friendRow?.request_id === row.request_id;
  switch (kind) {
    case 'requested': {
      const isUndelivered =
        playerRow?.request_id === row.request_id && playerRow.state === 'Requested' && playerRow.is_delivered !== true;
      if (!isUndelivered) return none;
      // The player had no row when the request was sent. So an existing row of the friend is either a request that was
      // not delivered yet, or a row that a rejection or an unfriending has still to remove.
      if (friendRow?.state !== 'Requested' || friendRow.is_delivered === true)
        return { kind: 'deliver', replaces: friendRow };
      // Both requests are on the stream, and one transaction is enough: that of the player whose id sorts first.
      return row.player_id < row.friend_id ? { kind: 'accept-both', friendRow } : none;
    }
    case 'accepted':
      return isSameRequest && friendRow.state === 'Requested' ? { kind: 'accept', friendRow } : none;
    case 'rejected':
    case 'unfriended':
      // The row may still be `Requested`: an unfriending can be processed before the acceptance that preceded it.
      return isSameRequest ? { kind: 'remove', friendRow } : none;
  }
}

/** Reads the change in a stream record: the new image, or the old one of a removal. @throws ZodError if it is not a row */
export function readChange(kind: ChangeKind, { dynamodb }: DynamoDBRecord): Change {
  const isRemoval = kind === 'rejected' || kind === 'unfriended';
  return { kind, row: readImage(friendshipRow, isRemoval ? dynamodb?.OldImage : dynamodb?.NewImage) };
}
