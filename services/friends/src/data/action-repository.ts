import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { transact } from '#shared/dynamodb/transact.ts';
import { type WriteResult, written } from '#shared/dynamodb/write-result.ts';
import type { FriendMessage, FriendState } from '../domain/friendship.ts';

/** Why an action was not applied: an earlier delivery of its message was, or the state of the row does not allow it. */
export type ActionRefusal = 'duplicate' | 'not-applicable';

/** SQS keeps a message for 14 days, so a copy may be delivered for as long. */
const messageMemorySeconds = 14 * 24 * 3600;

export type Tables = {
  readonly friends: string;
  /** The ids of processed messages. A table of its own, so that the stream of the rows has nothing else. */
  readonly messages: string;
};

/** Applies actions to the rows of the players who send them. */
export function actionRepository(client: DynamoDBDocumentClient, tables: Tables) {
  return {
    /** Writes the player's row and the message id in one transaction. */
    async apply(message: FriendMessage, messageId: string, now: Date): Promise<WriteResult<undefined, ActionRefusal>> {
      const processed = {
        TableName: tables.messages,
        Item: { message_id: messageId, expires_at: Math.floor(now.getTime() / 1000) + messageMemorySeconds },
      };
      const refused = await transact(client, [
        { Put: { ...processed, ConditionExpression: 'attribute_not_exists(message_id)' } },
        rowWrite(tables.friends, message, messageId, now),
      ]);
      if (refused.length === 0) return written;
      if (refused.some(({ index }) => index === 0)) return { refused: 'duplicate' };
      // Dropped for good: a copy of the message must not apply to a later state that allows it.
      await client.send(new PutCommand(processed));
      return { refused: 'not-applicable' };
    },
  };
}

function rowWrite(
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
