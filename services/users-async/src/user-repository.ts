import { type DynamoDBDocumentClient, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { unlessConditionFails } from '#shared/dynamodb/conditional-failure.ts';
import { userIdOf } from './user-id.ts';
import type { NewUser, UserMessage } from './user-message.ts';

/**
 * The records of one table, read by API Gateway itself through the templates of `openapi/users-async.yml`:
 * a user under its id, or the failure of a message under `FAILED#<message id>`. Both are found by message id in the
 * index `by-message`; a message has at most one of the two.
 */
export type UserRepository = {
  /** Creates the user of a message; false when an earlier delivery has already done so. */
  create(message: UserMessage, user: NewUser): Promise<boolean>;
  /** Records that a message failed for good; false when its user exists after all. */
  recordFailure(message: UserMessage, reason: string): Promise<boolean>;
};

export function userRepository(client: DynamoDBDocumentClient, tableName: string): UserRepository {
  const failureKey = (messageId: string) => ({ userId: `FAILED#${messageId}` });
  return {
    async create({ messageId, sentAt, isRedriven }, { name, email }) {
      const put = {
        TableName: tableName,
        Item: {
          userId: userIdOf(messageId),
          messageId,
          status: 'completed',
          name,
          email,
          createdAt: sentAt.toISOString(),
        },
        ConditionExpression: 'attribute_not_exists(userId)',
      };
      const written = await unlessConditionFails<unknown>(
        isRedriven
          ? client.send(
              new TransactWriteCommand({
                TransactItems: [{ Put: put }, { Delete: { TableName: tableName, Key: failureKey(messageId) } }],
              }),
            )
          : client.send(new PutCommand(put)),
      );
      return written !== undefined;
    },

    async recordFailure({ messageId }, reason) {
      const written = await unlessConditionFails(
        client.send(
          new TransactWriteCommand({
            TransactItems: [
              {
                ConditionCheck: {
                  TableName: tableName,
                  Key: { userId: userIdOf(messageId) },
                  ConditionExpression: 'attribute_not_exists(userId)',
                },
              },
              {
                Put: { TableName: tableName, Item: { ...failureKey(messageId), messageId, status: 'failed', reason } },
              },
            ],
          }),
        ),
      );
      return written !== undefined;
    },
  };
}
