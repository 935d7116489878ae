import type { WriteResult } from '#shared/dynamodb/write-result.ts';
import { type Change, decideUpdate, type FriendshipRows, type FriendUpdate } from './friend-update.ts';
import type { FriendshipRow, Pair } from './friendship.ts';

type Friendships = {
  find(pair: Pair): Promise<FriendshipRows>;
  apply(row: FriendshipRow, update: FriendUpdate, now: Date): Promise<WriteResult<undefined, 'changed'>>;
};

/** Only more than two concurrent writers of one pair can use these up. */
const maxAttempts = 4;

/**
 * Makes the friend's row follow a change of the player's row: reads both rows, decides, writes once.
 *
 * @throws Error if the rows change at every attempt; the stream delivers the change again
 */
export async function propagateChange(change: Change, friendships: Friendships, now: Date): Promise<void> {
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const update = decideUpdate(change, await friendships.find(change.row));
    const result = await friendships.apply(change.row, update, now);
    if (!('refused' in result)) return;
  }
  throw new Error('The rows changed at every attempt.');
}
