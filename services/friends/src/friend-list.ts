import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { decodePageToken, encodePageToken, type Page, pageTokenParameter } from '#shared/dynamodb/page-token.ts';
import { queryInteger } from '#shared/validation/fields.ts';
import { type FriendState, friendState, type Pair, playerId } from './friendship.ts';

/** A friend as it is answered: a row without what only the state machine needs. */
const friend = z.object({
  player_id: playerId,
  friend_id: playerId,
  state: friendState,
  last_updated: z.int(),
});
export type Friend = z.infer<typeof friend>;

/** Which page of the list is asked for: text in the query string, typed from here on. */
export const friendQuery = z.strictObject({
  limit: z._default(queryInteger(1, 100), 50),
  nextToken: z.optional(pageTokenParameter),
  state: z.optional(friendState),
});
export type FriendQuery = z.infer<typeof friendQuery>;

/**
 * How many rows one request may read to fill a page of one state. An index would answer exactly, at the price of one
 * more write for each write; nearly all players have fewer friends than this.
 */
const filteredReadLimit = 500;

/** What players may know of their friends. Each method is one request to the table. */
export function friendList(client: DynamoDBDocumentClient, TableName: string) {
  return {
    async findState({ player_id, friend_id }: Pair): Promise<FriendState | undefined> {
      const { Item } = await client.send(new GetCommand({ TableName, Key: { player_id, friend_id } }));
      return Item && friend.parse(Item).state;
    },

    /** A page in the order of the friends' ids. With `state` it may hold fewer than asked for although more follow. */
    async list(player_id: string, { limit, nextToken, state }: FriendQuery): Promise<Page<Friend>> {
      const scope = [TableName, player_id, String(state)];
      const position = nextToken === undefined ? undefined : decodePageToken(scope, nextToken, playerId);
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'player_id = :player',
          ...(state !== undefined && {
            FilterExpression: '#state = :state',
            ExpressionAttributeNames: { '#state': 'state' },
          }),
          ExpressionAttributeValues: { ':player': player_id, ...(state !== undefined && { ':state': state }) },
          ...(position !== undefined && { ExclusiveStartKey: { player_id, friend_id: position } }),
          // One more than the page has shows whether there is a next one.
          Limit: state === undefined ? limit + 1 : filteredReadLimit,
        }),
      );
      const items = z.array(friend).parse(Items.slice(0, limit));
      const last: unknown = Items.length > limit ? items.at(-1)?.friend_id : LastEvaluatedKey?.friend_id;
      return { items, nextToken: typeof last === 'string' ? encodePageToken(scope, last) : undefined };
    },
  };
}
