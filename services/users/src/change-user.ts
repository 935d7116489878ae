import { type DynamoDBDocumentClient, UpdateCommand, type UpdateCommandOutput } from '@aws-sdk/lib-dynamodb';
import { type Attempt, orFailedItem } from '#shared/dynamodb/conditional-failure.ts';
import { type Refusal, transact } from '#shared/dynamodb/transact.ts';
import { updateExpression } from '#shared/dynamodb/update-expression.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { emailKey } from './email.ts';
import { type User, type UserChange, user } from './user.ts';
import { emailItem, emailItemKey, typePartition, userKey } from './user-keys.ts';

/** What became of a change: the user as it is now, or why there is none. */
export type Changed = { readonly user: User } | { readonly refused: 'unknown' | 'email' };

/** A change that meets another one of the same user is tried again; more in a row than this are no accident. */
const maxAttempts = 4;

/**
 * Changes a user: one request while its e-mail address stays, since the condition of the update says which one that is.
 * When it does not hold, the failure brings the item along, and a transaction moves the address from the old one.
 */
export function userChanger(client: DynamoDBDocumentClient, tableName: string) {
  return async (username: string, change: UserChange): Promise<Changed> => {
    const { email } = change;
    let current = email;
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const result = await changeInPlace(client, tableName, username, change, current);
      if (result.written) return { user: user.parse(result.output.Attributes) };
      const found = user.safeParse(result.item).data;
      if (found === undefined || email === undefined) return { refused: 'unknown' };
      current = found.Email;
      if (emailKey(current) === emailKey(email)) continue;
      const refused = await moveEmail(client, tableName, found, { ...change, email });
      if (refused.length === 0) return { user: user.parse({ ...found, ...attributesOf(change) }) };
      if (!refused.some(({ index }) => index === userIndex)) return { refused: 'email' };
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
        ConditionExpression: current === undefined ? 'attribute_exists(Email)' : 'Email = :current',
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

/** Which write of `moveEmail` is the user's. */
const userIndex = 0;

/** @returns the writes that were refused: the user has changed meanwhile, or the address is taken */
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

/** The attributes that a change sets; those of fields that are absent are left as they are. */
function attributesOf({ email, name, userType }: UserChange) {
  return {
    ...(email !== undefined && { Email: email }),
    ...(name !== undefined && { Name: name }),
    ...(userType !== undefined && { UserType: userType, GSI1PK: typePartition(userType) }),
  };
}
