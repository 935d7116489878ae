import { BatchGetCommand, DeleteCommand, type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { unlessConditionFails } from '#shared/dynamodb/conditional-failure.ts';
import { transact } from '#shared/dynamodb/transact.ts';
import { type FriendRow, friendRow, mirrored, type Pair } from './friendship.ts';
import type { PairOfRows, Settlement } from './settle.ts';

/** The two rows of two players. */
export type Pairs = ReturnType<typeof pairs>;

export function pairs(client: DynamoDBDocumentClient, TableName: string) {
  return {
    /** A player's own row and the friend's, as they are now. */
    async find(pair: Pair): Promise<PairOfRows> {
      const Keys = [keyOf(pair), mirrored(pair)];
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
      );
      // A throttled batch leaves keys out without an error, and a row that was not read is not a row that is not there.
      if (UnprocessedKeys?.[TableName] !== undefined) throw new Error('The table is busy.');
      const rows = z.array(friendRow).parse(Responses?.[TableName] ?? []);
      return {
        own: rows.find((row) => row.player_id === pair.player_id),
        counterpart: rows.find((row) => row.player_id === pair.friend_id),
      };
    },

    /** Does what is settled, in one write. False when the rows have changed since they were read. */
    async apply(row: FriendRow, settlement: Settlement, now: Date): Promise<boolean> {
      const last_updated = now.getTime();
      switch (settlement.kind) {
        case 'nothing':
          return true;
        case 'deliver': {
          const { over } = settlement;
          const delivered = expecting(row, { ':true': true });
          const unchanged =
            over === undefined ? { ConditionExpression: 'attribute_not_exists(player_id)' } : expecting(over);
          const pending = { ...mirrored(row), state: 'Pending', last_updated, request_id: row.request_id };
          const refused = await transact(client, [
            { Update: { TableName, Key: keyOf(row), UpdateExpression: 'SET is_delivered = :true', ...delivered } },
            { Put: { TableName, Item: pending, ...unchanged } },
          ]);
          return refused.length === 0;
        }
        case 'befriendBoth': {
          // Both rows go on under one request; which of the two is of no account.
          const refused = await transact(client, [
            { Update: { TableName, ...toFriends(row, row.request_id, last_updated) } },
            { Update: { TableName, ...toFriends(settlement.counterpart, row.request_id, last_updated) } },
          ]);
          return refused.length === 0;
        }
        case 'befriend': {
          const { counterpart } = settlement;
          const update = toFriends(counterpart, counterpart.request_id, last_updated);
          return isDone(client.send(new UpdateCommand({ TableName, ...update })));
        }
        case 'remove': {
          const { counterpart } = settlement;
          const remove = { TableName, Key: keyOf(counterpart), ...expecting(counterpart) };
          return isDone(client.send(new DeleteCommand(remove)));
        }
      }
    },
  };
}

function keyOf({ player_id, friend_id }: Pair): Pair {
  return { player_id, friend_id };
}

async function isDone(write: Promise<object>): Promise<boolean> {
  return (await unlessConditionFails(write)) !== undefined;
}

/** A condition that holds while a row is as it was read. */
function expecting({ state, request_id, is_delivered }: FriendRow, values: Readonly<Record<string, unknown>> = {}) {
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

function toFriends(row: FriendRow, request_id: string, last_updated: number) {
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
