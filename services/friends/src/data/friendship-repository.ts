import { BatchGetCommand, DeleteCommand, type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { unlessConditionFails } from '#shared/dynamodb/conditional-failure.ts';
import { transact } from '#shared/dynamodb/transact.ts';
import { type WriteResult, written } from '#shared/dynamodb/write-result.ts';
import type { FriendshipRows, FriendUpdate } from '../domain/friend-update.ts';
import { type FriendshipRow, friendshipRow, mirrored, type Pair } from '../domain/friendship.ts';

const changed = { refused: 'changed' } as const;

/** The two rows of a friendship. */
export function friendshipRepository(client: DynamoDBDocumentClient, TableName: string) {
  return {
    /** The current rows of both players. */
    async find(pair: Pair): Promise<FriendshipRows> {
      const Keys = [keyOf(pair), mirrored(pair)];
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
      );
      // A throttled batch omits keys without an error; a row that was not read must not count as missing.
      if (UnprocessedKeys?.[TableName] !== undefined) throw new Error('The table is busy.');
      const rows = z.array(friendshipRow).parse(Responses?.[TableName] ?? []);
      return {
        playerRow: rows.find((row) => row.player_id === pair.player_id),
        friendRow: rows.find((row) => row.player_id === pair.friend_id),
      };
    },

    /** Makes an update in one write, on the condition that the rows have not changed since they were read. */
    async apply(row: FriendshipRow, update: FriendUpdate, now: Date): Promise<WriteResult<undefined, 'changed'>> {
      const last_updated = now.getTime();
      switch (update.kind) {
        case 'none':
          return written;
        case 'deliver': {
          const { replaces } = update;
          const delivered = expecting(row, { ':true': true });
          const unchanged =
            replaces === undefined ? { ConditionExpression: 'attribute_not_exists(player_id)' } : expecting(replaces);
          const pending = { ...mirrored(row), state: 'Pending', last_updated, request_id: row.request_id };
          const refused = await transact(client, [
            { Update: { TableName, Key: keyOf(row), UpdateExpression: 'SET is_delivered = :true', ...delivered } },
            { Put: { TableName, Item: pending, ...unchanged } },
          ]);
          return refused.length === 0 ? written : changed;
        }
        case 'accept-both': {
          // Both rows get the same request id; it does not matter which of the two.
          const refused = await transact(client, [
            { Update: { TableName, ...toFriends(row, row.request_id, last_updated) } },
            { Update: { TableName, ...toFriends(update.friendRow, row.request_id, last_updated) } },
          ]);
          return refused.length === 0 ? written : changed;
        }
        case 'accept': {
          const { friendRow } = update;
          const accepted = toFriends(friendRow, friendRow.request_id, last_updated);
          return resultOf(client.send(new UpdateCommand({ TableName, ...accepted })));
        }
        case 'remove': {
          const { friendRow } = update;
          return resultOf(
            client.send(new DeleteCommand({ TableName, Key: keyOf(friendRow), ...expecting(friendRow) })),
          );
        }
      }
    },
  };
}

function keyOf({ player_id, friend_id }: Pair): Pair {
  return { player_id, friend_id };
}

async function resultOf(write: Promise<object>): Promise<WriteResult<undefined, 'changed'>> {
  return (await unlessConditionFails(write)) === undefined ? changed : written;
}

/** The condition that a row is still as it was read. */
function expecting({ state, request_id, is_delivered }: FriendshipRow, values: Readonly<Record<string, unknown>> = {}) {
  const delivery = is_delivered === true ? 'is_delivered = :true' : 'attribute_not_exists(is_delivered)';
  return {
    ConditionExpression: `#state = :state AND request_id = :request AND ${delivery}`,
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':state': state,
      ':request': request_id,
      ...(is_delivered === true && { ':true': true }),
      ...values,
    },
  };
}

function toFriends(row: FriendshipRow, request_id: string, last_updated: number) {
  const { ExpressionAttributeValues, ...expected } = expecting(row);
  return {
    Key: keyOf(row),
    UpdateExpression: 'SET #state = :friends, request_id = :next, last_updated = :now',
    ...expected,
    ExpressionAttributeValues: {
      ...ExpressionAttributeValues,
      ':friends': 'Friends',
      ':next': request_id,
      ':now': last_updated,
    },
  };
}
