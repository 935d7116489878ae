import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { userKey } from '#shared/commerce-table/keys.ts';
import { isFinal, orderStatus } from '#shared/commerce-table/order-status.ts';
import { transact } from '#shared/dynamodb/transact.ts';
import { type WriteResult, written } from '#shared/dynamodb/write-result.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { emailItemKey } from './user-keys.ts';

/** An item in the partition of a user, the user itself or an order: the attributes that a removal needs. */
const partitionItem = z.object({
  Email: z.optional(z.string()),
  OrdersPlaced: z.optional(z.number()),
  Status: z.optional(orderStatus),
});

const maxAttempts = 4;

/**
 * Removes a user without open orders and frees its e-mail address. An order may be placed at the same time: its
 * transaction increments `OrdersPlaced` of the user, and the removal has the condition that the count has not changed.
 *
 * The name of a user who had orders stays reserved: its next owner would see these orders.
 */
export function userRemover(client: DynamoDBDocumentClient, tableName: string) {
  return async (username: string, now: Date): Promise<WriteResult<undefined, 'not-found' | 'open-orders'>> => {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const { user, hasOrders, hasOpenOrders } = await readPartition(client, tableName, username);
      if (user?.Email === undefined) return { refused: 'not-found' };
      if (hasOpenOrders) return { refused: 'open-orders' };

      const key = userKey(username);
      const condition = {
        TableName: tableName,
        ConditionExpression: `Email = :email AND ${user.OrdersPlaced === undefined ? 'attribute_not_exists(OrdersPlaced)' : 'OrdersPlaced = :placed'}`,
        ExpressionAttributeValues: {
          ':email': user.Email,
          ...(user.OrdersPlaced !== undefined && { ':placed': user.OrdersPlaced }),
        },
      };
      const refused = await transact(client, [
        hasOrders
          ? { Put: { ...condition, Item: { ...key, DeletedAt: now.toISOString() } } }
          : { Delete: { ...condition, Key: key } },
        { Delete: { TableName: tableName, Key: emailItemKey(user.Email) } },
      ]);
      if (refused.length === 0) return written;
    }
    throw new AppError('CONFLICT', 'The user is being changed. Try again.', { retryAfterSeconds: 1 });
  };
}

/** Reads the user, then its orders from the newest, which are most likely to be open, up to the first open one. */
async function readPartition(client: DynamoDBDocumentClient, tableName: string, username: string) {
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      KeyConditionExpression: 'PK = :user',
      ExpressionAttributeNames: { '#status': 'Status' },
      ExpressionAttributeValues: { ':user': userKey(username).PK },
      ProjectionExpression: 'Email, OrdersPlaced, #status',
      ScanIndexForward: false,
      ConsistentRead: true,
    },
  );
  let user: z.infer<typeof partitionItem> | undefined;
  let hasOrders = false;
  for await (const { Items } of pages) {
    const items = z.array(partitionItem).parse(Items ?? []);
    const orders = user === undefined ? items.slice(1) : items;
    user ??= items[0];
    hasOrders ||= orders.length > 0;
    if (orders.some(({ Status }) => Status === undefined || !isFinal(Status)))
      return { user, hasOrders, hasOpenOrders: true };
  }
  return { user, hasOrders, hasOpenOrders: false };
}
