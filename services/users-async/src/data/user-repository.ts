import { type DynamoDBDocumentClient, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { unlessConditionFails } from '#shared/dynamodb/conditional-failure.ts';
import { type WriteResult, written } from '#shared/dynamodb/write-result.ts';
import { userIdOf } from '../domain/user-id.ts';
import type { NewUser, UserMessage } from '../domain/user-message.ts';

/** The user of the message exists already. */
type Refusal = 'user-exists';

/**
 * The items of the table, which API Gateway reads through the templates of `openapi/users-async.yml`: a user under its
 * id, or the failure of a message under `FAILED#<message id>`. The index `byMessage` has both by message id; a message
 * has at most one of the two.
 */
export function userRepository(client: DynamoDBDocumentClient, tableName: string) {
  const failureKey = (messageId: string) => ({ userId: `FAILED#${messageId}` });
  const resultOf = async (write: Promise<unknown>): Promise<WriteResult<undefined, Refusal>> =>
    (await unlessConditionFails(write)) === undefined ? { refused: 'user-exists' } : written;
  return {
    /** Creates the user of a message. A redriven message replaces the record of its failure. */
    async create({ messageId, sentAt, isRedriven }: UserMessage, { name, email }: NewUser) {
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
      return resultOf(
        isRedriven
          ? client.send(
              new TransactWriteCommand({
                TransactItems: [{ Put: put }, { Delete: { TableName: tableName, Key: failureKey(messageId) } }],
              }),
            )
          : client.send(new PutCommand(put)),
      );
    },

    /** Records that a message failed for good, unless its user exists after all. */
    async recordFailure({ messageId }: UserMessage, reason: string) {
      return resultOf(
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
    },
  };
}
