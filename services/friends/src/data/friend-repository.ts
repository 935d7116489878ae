import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { decodePageToken, encodePageToken, type Page } from '#shared/dynamodb/page-token.ts';
import { type Friend, type FriendQuery, friend } from '../domain/friend.ts';
import { type FriendState, type Pair, playerId } from '../domain/friendship.ts';

/**
 * How many rows one Query reads at most to fill a page of one state. An index by state would read no others but double
 * the writes; nearly all players have fewer friends than this.
 */
const filteredReadLimit = 500;

/** The friends of a player, for reading. Each method is one request to the table. */
export function friendRepository(client: DynamoDBDocumentClient, TableName: string) {
  return {
    async findState({ player_id, friend_id }: Pair): Promise<FriendState | undefined> {
      const { Item } = await client.send(new GetCommand({ TableName, Key: { player_id, friend_id } }));
      return Item && friend.parse(Item).state;
    },

    /** A page sorted by the ids of the friends. With `state` it may have fewer than `limit` although more follow. */
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
          // One more than the page holds shows whether there is a next page.
          Limit: state === undefined ? limit + 1 : filteredReadLimit,
        }),
      );
      const items = z.array(friend).parse(Items.slice(0, limit));
      const last: unknown = Items.length > limit ? items.at(-1)?.friend_id : LastEvaluatedKey?.friend_id;
      return { items, nextToken: typeof last === 'string' ? encodePageToken(scope, last) : undefined };
    },
  };
}
