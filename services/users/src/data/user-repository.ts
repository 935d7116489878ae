import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { userKey } from '#shared/commerce-table/keys.ts';
import { userExists } from '#shared/commerce-table/user-item.ts';
import { unlessConditionFails } from '#shared/dynamodb/conditional-failure.ts';
import { decodePageToken, encodePageToken, type Page } from '#shared/dynamodb/page-token.ts';
import { transact } from '#shared/dynamodb/transact.ts';
import { updateExpression } from '#shared/dynamodb/update-expression.ts';
import type { WriteResult } from '#shared/dynamodb/write-result.ts';
import { type ListedUser, type User, type UserQuery, user } from '../domain/user.ts';
import type { UniqueField } from '../domain/user-errors.ts';
import { userChanger } from './user-changer.ts';
import { emailItem, readTypePosition, typePartition, typePosition } from './user-keys.ts';
import { userRemover } from './user-remover.ts';

const listedItem = z.object({ GSI1SK: z.string(), Name: z.string(), Email: z.string() });
const position = z.string().check(z.regex(/^[\d:.TZ-]{24}#[A-Za-z0-9._-]{2,64}$/));

/** Users in the commerce table; README.md lists the items. */
export function userRepository(client: DynamoDBDocumentClient, tableName: string) {
  return {
    /** Writes the user and the item that reserves its e-mail address, in one transaction. */
    async add(added: User): Promise<WriteResult<User, readonly UniqueField[]>> {
      const index = { GSI1PK: typePartition(added.UserType), GSI1SK: typePosition(added) };
      const refused = await transact(client, [
        {
          Put: {
            TableName: tableName,
            Item: { ...userKey(added.Username), ...index, ...added },
            ConditionExpression: 'attribute_not_exists(PK)',
          },
        },
        {
          Put: {
            TableName: tableName,
            Item: emailItem(added.Email, added.Username),
            ConditionExpression: 'attribute_not_exists(PK)',
          },
        },
      ]);
      if (refused.length === 0) return { item: added };
      return { refused: refused.map(({ index }) => (index === 0 ? 'username' : 'email')) };
    },

    async find(username: string): Promise<User | undefined> {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: userKey(username), ConsistentRead: true }),
      );
      return user.safeParse(Item).data;
    },

    async setAddress(username: string, address: string): Promise<WriteResult<User, 'not-found'>> {
      const output = await unlessConditionFails(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: userKey(username),
            ConditionExpression: userExists,
            ...updateExpression({ Address: address }),
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return output === undefined ? { refused: 'not-found' } : { item: user.parse(output.Attributes) };
    },

    /** A page of the users of a type, newest first. */
    async list({ userType, limit, nextToken }: UserQuery): Promise<Page<ListedUser>> {
      const scope = [tableName, userType];
      const after = nextToken === undefined ? undefined : decodePageToken(scope, nextToken, position);
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: 'GSI1',
          KeyConditionExpression: 'GSI1PK = :type',
          ExpressionAttributeValues: { ':type': typePartition(userType) },
          ScanIndexForward: false,
          // One more than the page holds shows whether there is a next page.
          Limit: limit + 1,
          ...(after !== undefined && {
            ExclusiveStartKey: {
              GSI1PK: typePartition(userType),
              GSI1SK: after,
              ...userKey(readTypePosition(after).Username),
            },
          }),
        }),
      );
      const page = z.array(listedItem).parse(Items.slice(0, limit));
      const last = page.at(-1);
      return {
        items: page.map(({ GSI1SK, Name, Email }) => {
          const { Username, CreatedAt } = readTypePosition(GSI1SK);
          return { Username, Name, Email, UserType: userType, CreatedAt };
        }),
        nextToken: Items.length > limit && last ? encodePageToken(scope, last.GSI1SK) : undefined,
      };
    },

    change: userChanger(client, tableName),
    remove: userRemover(client, tableName),
  };
}
