import * as z from 'zod/mini';

/** What one player sees of another. `Requested` is the requester's view, `Pending` the receiver's. */
export const friendState = z.enum(['Requested', 'Pending', 'Friends']);
export type FriendState = z.infer<typeof friendState>;

/** The characters of player ids; none of them needs escaping in keys, templates or log lines. */
export const playerId = z
  .string()
  .check(z.regex(/^[\w.@:-]{1,64}$/, { error: 'must be 1 to 64 letters, digits or _.@:-' }));

/**
 * One player's view of another.
 *
 * `request_id` is the id of the message with the Request. It distinguishes the rows of this request from those of an
 * earlier or a later one between the same players, so that a late change cannot apply to them. `is_delivered` is set on
 * the requester's row when the friend's `Pending` is written.
 */
export const friendshipRow = z.object({
  player_id: playerId,
  friend_id: playerId,
  state: friendState,
  /** Milliseconds since the epoch. */
  last_updated: z.int(),
  request_id: z.string(),
  is_delivered: z.optional(z.boolean()),
});
export type FriendshipRow = z.infer<typeof friendshipRow>;

export type Pair = { readonly player_id: string; readonly friend_id: string };

/** The key of the friend's row: the same pair from the friend's side. */
export function mirrored({ player_id, friend_id }: Pair): Pair {
  return { player_id: friend_id, friend_id: player_id };
}

const friendAction = z.enum(['Request', 'Accept', 'Reject', 'Unfriend']);
export type FriendAction = z.infer<typeof friendAction>;

/** A message of the action queue. */
export const friendMessage = z
  .strictObject({ player_id: playerId, friend_id: playerId, friend_action: friendAction })
  .check(
    z.refine(({ player_id, friend_id }) => player_id !== friend_id, {
      error: 'must differ from player_id',
      path: ['friend_id'],
    }),
  );
export type FriendMessage = z.infer<typeof friendMessage>;

/** @throws Error if the body is not such a message */
export function parseFriendMessage(body: string): FriendMessage {
  return friendMessage.parse(JSON.parse(body));
}
