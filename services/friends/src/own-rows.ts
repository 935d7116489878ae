import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { transact } from '#shared/dynamodb/transact.ts';
import type { FriendMessage, FriendState } from './friendship.ts';

/** What became of an action: done, decided before by an earlier delivery of its message, or not possible in this state. */
export type ActionOutcome = 'done' | 'repeated' | 'misfit';

/** As long as SQS keeps a message, a copy of it may come. */
const messageMemorySeconds = 14 * 24 * 3600;

export type Tables = {
  readonly friends: string;
  /** The messages that are decided. Apart from the rows, so that their stream carries nothing but rows. */
  readonly messages: string;
};

/** The rows of the players who act. */
export function ownRows(client: DynamoDBDocumentClient, tables: Tables) {
  return {
    /** Writes the player's own row and, in the same transaction, that the message is decided. */
    async act(message: FriendMessage, messageId: string, now: Date): Promise<ActionOutcome> {
      const memory = {
        TableName: tables.messages,
        Item: { message_id: messageId, expires_at: Math.floor(now.getTime() / 1000) + messageMemorySeconds },
      };
      const refused = await transact(client, [
        { Put: { ...memory, ConditionExpression: 'attribute_not_exists(message_id)' } },
        ownWrite(tables.friends, message, messageId, now),
      ]);
      if (refused.length === 0) return 'done';
      if (refused.some(({ index }) => index === 0)) return 'repeated';
      // Dropped for good: a copy of the message must not come upon a state that it happens to fit.
      await client.send(new PutCommand(memory));
      return 'misfit';
    },
  };
}

function ownWrite(
  TableName: string,
  { player_id, friend_id, friend_action }: FriendMessage,
  messageId: string,
  now: Date,
) {
  const pair = { player_id, friend_id };
  const last_updated = now.getTime();
  const whileIn = (state: FriendState) => ({
    TableName,
    Key: pair,
    ConditionExpression: '#state = :expected',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':expected': state },
  });
  switch (friend_action) {
    case 'Request':
      return {
        Put: {
          TableName,
          Item: { ...pair, state: 'Requested', last_updated, request_id: messageId },
          ConditionExpression: 'attribute_not_exists(player_id)',
        },
      };
    case 'Accept': {
      const { ExpressionAttributeValues, ...expected } = whileIn('Pending');
      return {
        Update: {
          ...expected,
          UpdateExpression: 'SET #state = :friends, last_updated = :now',
          ExpressionAttributeValues: { ...ExpressionAttributeValues, ':friends': 'Friends', ':now': last_updated },
        },
      };
    }
    case 'Reject':
      return { Delete: whileIn('Pending') };
    case 'Unfriend':
      return { Delete: whileIn('Friends') };
  }
}
