import * as z from 'zod/mini';

/** What one player sees of another. `Requested` is the requester's view, `Pending` the receiver's. */
export const friendState = z.enum(['Requested', 'Pending', 'Friends']);
export type FriendState = z.infer<typeof friendState>;

/** Letters that ids of players and games have; none that keys, templates or log lines could trip over. */
export const playerId = z
  .string()
  .check(z.regex(/^[\w.@:-]{1,64}$/, { error: 'must be 1 to 64 letters, digits or _.@:-' }));

/**
 * One player's view of another.
 *
 * `request_id` is the id of the request that the row goes back to. It tells the rows of this request from those of an
 * earlier or later one between the same two, so that an effect that arrives late never touches what it does not mean.
 * `is_delivered` is set on the requester's row once the receiver has seen the request.
 */
export const friendRow = z.object({
  player_id: playerId,
  friend_id: playerId,
  state: friendState,
  /** Milliseconds since the epoch. */
  last_updated: z.int(),
  request_id: z.string(),
  is_delivered: z.optional(z.boolean()),
});
export type FriendRow = z.infer<typeof friendRow>;

const text = z.object({ S: z.string() });
const image = z.object({
  player_id: text,
  friend_id: text,
  state: text,
  last_updated: z.object({ N: z.string() }),
  request_id: text,
  is_delivered: z.optional(z.object({ BOOL: z.boolean() })),
});

/** The row in an image of the table's stream. @throws zod error when it is none */
export function rowOfImage(value: unknown): FriendRow {
  const { player_id, friend_id, state, last_updated, request_id, is_delivered } = image.parse(value);
  return friendRow.parse({
    player_id: player_id.S,
    friend_id: friend_id.S,
    state: state.S,
    last_updated: Number(last_updated.N),
    request_id: request_id.S,
    is_delivered: is_delivered?.BOOL,
  });
}

export type Pair = { readonly player_id: string; readonly friend_id: string };

/** The key of the friend's row, which is the same pair seen from the other side. */
export function mirrored({ player_id, friend_id }: Pair): Pair {
  return { player_id: friend_id, friend_id: player_id };
}

const friendAction = z.enum(['Request', 'Accept', 'Reject', 'Unfriend']);
export type FriendAction = z.infer<typeof friendAction>;

/** The message on the front queue. */
export const friendMessage = z
  .strictObject({ player_id: playerId, friend_id: playerId, friend_action: friendAction })
  .check(
    z.refine(({ player_id, friend_id }) => player_id !== friend_id, {
      error: 'must differ from player_id',
      path: ['friend_id'],
    }),
  );
export type FriendMessage = z.infer<typeof friendMessage>;

/** @throws Error for what is no message of this service, however often it is delivered */
export function parseFriendMessage(body: string): FriendMessage {
  return friendMessage.parse(JSON.parse(body));
}
