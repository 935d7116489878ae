import * as z from 'zod/mini';
import { pageTokenParameter } from '#shared/dynamodb/page-token.ts';
import { queryInteger } from '#shared/validation/fields.ts';
import { friendState, playerId } from './friendship.ts';

/** A friend in an answer: a row without the attributes of the state machine. */
export const friend = z.object({
  player_id: playerId,
  friend_id: playerId,
  state: friendState,
  last_updated: z.int(),
});
export type Friend = z.infer<typeof friend>;

/** The page of the list that a client asks for: text in the query string, typed values after parsing. */
export const friendQuery = z.strictObject({
  limit: z._default(queryInteger(1, 100), 50),
  nextToken: z.optional(pageTokenParameter),
  state: z.optional(friendState),
});
export type FriendQuery = z.infer<typeof friendQuery>;
