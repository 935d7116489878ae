import { type DynamoDBDocumentClient, UpdateCommand, type UpdateCommandOutput } from '@aws-sdk/lib-dynamodb';
import { userKey } from '#shared/commerce-table/keys.ts';
import { userExists } from '#shared/commerce-table/user-item.ts';
import { type Attempt, orFailedItem } from '#shared/dynamodb/conditional-failure.ts';
import { type Refusal, transact } from '#shared/dynamodb/transact.ts';
import { updateExpression } from '#shared/dynamodb/update-expression.ts';
import type { WriteResult } from '#shared/dynamodb/write-result.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { emailKey } from '../domain/email.ts';
import { type User, type UserChange, user } from '../domain/user.ts';
import { emailItem, emailItemKey, typePartition } from './user-keys.ts';

/** A change that conflicts with another change of the same user is tried again, this many times in all. */
const maxAttempts = 4;

/**
 * Changes a user. It is one request while the e-mail address stays the same: the condition of the update names the
 * address. If the condition fails, the failure contains the item, and a transaction reserves the new address and frees
 * the old one.
 */
export function userChanger(client: DynamoDBDocumentClient, tableName: string) {
  return async (username: string, change: UserChange): Promise<WriteResult<User, 'not-found' | 'email-taken'>> => {
    const { email } = change;
    let current = email;
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const result = await changeInPlace(client, tableName, username, change, current);
      if (result.written) return { item: user.parse(result.output.Attributes) };
      const found = user.safeParse(result.item).data;
      if (found === undefined || email === undefined) return { refused: 'not-found' };
      current = found.Email;
      if (emailKey(current) === emailKey(email)) continue;
      const refused = await moveEmail(client, tableName, found, { ...change, email });
      if (refused.length === 0) return { item: user.parse({ ...found, ...attributesOf(change) }) };
      if (!refused.some(({ index }) => index === userIndex)) return { refused: 'email-taken' };
    }
    throw new AppError('CONFLICT', 'The user is being changed. Try again.', { retryAfterSeconds: 1 });
  };
}

/** Changes a user that has the address `current`, or any when it is undefined. */
function changeInPlace(
  client: DynamoDBDocumentClient,
  tableName: string,
  username: string,
  change: UserChange,
  current: string | undefined,
): Promise<Attempt<UpdateCommandOutput>> {
  const update = updateExpression(attributesOf(change));
  return orFailedItem(
    client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: userKey(username),
        ConditionExpression: current === undefined ? userExists : 'Email = :current',
        ...update,
        ExpressionAttributeValues: {
          ...update.ExpressionAttributeValues,
          ...(current !== undefined && { ':current': current }),
        },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}

/** The position of the user's write in `moveEmail`. */
const userIndex = 0;

/** @returns the refused writes: the user has changed meanwhile, or the address is taken */
function moveEmail(
  client: DynamoDBDocumentClient,
  tableName: string,
  found: User,
  change: UserChange & { readonly email: string },
): Promise<readonly Refusal[]> {
  const update = updateExpression(attributesOf(change));
  return transact(client, [
    {
      Update: {
        TableName: tableName,
        Key: userKey(found.Username),
        ConditionExpression: 'Email = :old',
        ...update,
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':old': found.Email },
      },
    },
    { Delete: { TableName: tableName, Key: emailItemKey(found.Email) } },
    {
      Put: {
        TableName: tableName,
        Item: emailItem(change.email, found.Username),
        ConditionExpression: 'attribute_not_exists(PK)',
      },
    },
  ]);
}

/** The attributes that a change sets. */
function attributesOf({ email, name, userType }: UserChange) {
  return {
    ...(email !== undefined && { Email: email }),
    ...(name !== undefined && { Name: name }),
    ...(userType !== undefined && { UserType: userType, GSI1PK: typePartition(userType) }),
  };
}
