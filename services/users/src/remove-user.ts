import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { transact } from '#shared/dynamodb/transact.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { emailItemKey, userKey } from './user-keys.ts';

export type Removal = 'removed' | 'unknown' | 'has-open-orders';

/** What the partition of a user holds, as far as a removal is concerned: the user and its orders. */
const partitionItem = z.object({
  Email: z.optional(z.string()),
  OrdersPlaced: z.optional(z.number()),
  Status: z.optional(z.string()),
});

/** Every other status of an order is open. */
const closedStatuses: readonly (string | undefined)[] = ['DELIVERED', 'CANCEL'];
const maxAttempts = 4;

/**
 * Removes a user without open orders and frees its e-mail address. Orders are placed at the same time: each one counts
 * up `OrdersPlaced` of its user in its own transaction, and the removal holds only for the count that it has read.
 *
 * The name of a user who leaves orders behind is never given again: whoever took it would see them.
 */
export function userRemover(client: DynamoDBDocumentClient, tableName: string) {
  return async (username: string, now: Date): Promise<Removal> => {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const { user, hasOrders, hasOpenOrders } = await readPartition(client, tableName, username);
      if (user?.Email === undefined) return 'unknown';
      if (hasOpenOrders) return 'has-open-orders';

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
      if (refused.length === 0) return 'removed';
    }
    throw new AppError('CONFLICT', 'The user is being changed. Try again.', { retryAfterSeconds: 1 });
  };
}

/** Reads from the user through its newest orders, which are the likeliest to be open, to the first open one. */
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
    if (orders.some(({ Status }) => !closedStatuses.includes(Status))) return { user, hasOrders, hasOpenOrders: true };
  }
  return { user, hasOrders, hasOpenOrders: false };
}
