import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { orderKey, userKey } from '#shared/commerce-table/keys.ts';
import { type OrderStatus, sourcesOf } from '#shared/commerce-table/order-status.ts';
import { orFailedItem } from '#shared/dynamodb/conditional-failure.ts';
import { decodePageToken, encodePageToken, type Page } from '#shared/dynamodb/page-token.ts';
import { type WriteResult, written } from '#shared/dynamodb/write-result.ts';
import { ksuid } from '../domain/ksuid.ts';
import { type Customer, customer, type Order, type OrderListQuery, order } from '../domain/order.ts';

/** Why a change of an order was refused: there is no such order, or its status forbids the change. */
type ChangeRefusal = 'not-found' | OrderStatus;

/** Orders in the commerce table. Each method is one request, whose cost does not depend on the number of orders. */
export function orderRepository(client: DynamoDBDocumentClient, tableName: string) {
  return {
    async find(username: string, orderId: string): Promise<Order | undefined> {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: orderKey(username, orderId), ConsistentRead: true }),
      );
      return Item && order.parse(Item);
    },

    /** A page of a user's orders, newest first; the first page begins with the user. Undefined if there is no user. */
    async list({ username, limit, nextToken }: OrderListQuery): Promise<Page<Customer | Order> | undefined> {
      const { PK } = userKey(username);
      const scope = [tableName, PK];
      const after = nextToken === undefined ? undefined : decodePageToken(scope, nextToken, ksuid);
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'PK = :user',
          ExpressionAttributeValues: { ':user': PK },
          ScanIndexForward: false,
          // Consistent: the list must have an order that was just placed.
          ConsistentRead: true,
          // One more than the page holds shows whether there is a next page; the user is one more item.
          Limit: limit + (after === undefined ? 2 : 1),
          ...(after !== undefined && { ExclusiveStartKey: orderKey(username, after) }),
        }),
      );
      const user = after === undefined ? customer.safeParse(Items[0]).data : undefined;
      if (after === undefined && user === undefined) return undefined;
      const found = after === undefined ? Items.slice(1) : Items;
      const orders = z.array(order).parse(found.slice(0, limit));
      const last = orders.at(-1);
      return {
        items: user === undefined ? orders : [user, ...orders],
        nextToken: found.length > limit && last ? encodePageToken(scope, last.OrderId) : undefined,
      };
    },

    /** Changes the status of an order if the current one allows it. */
    async update(
      username: string,
      orderId: string,
      status: OrderStatus,
      updatedAt: string,
    ): Promise<WriteResult<Order, ChangeRefusal>> {
      // No status leads to PLACED, but IN needs at least one operand.
      const sources = Object.fromEntries(
        ['', ...sourcesOf[status]].map((source, index) => [`:source${index}`, source]),
      );
      const result = await orFailedItem(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: orderKey(username, orderId),
            ConditionExpression: `#status IN (${Object.keys(sources).join(', ')})`,
            UpdateExpression: 'SET #status = :status, UpdatedAt = :updatedAt',
            ExpressionAttributeNames: { '#status': 'Status' },
            ExpressionAttributeValues: { ...sources, ':status': status, ':updatedAt': updatedAt },
            ReturnValues: 'ALL_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if (result.written) return { item: order.parse(result.output.Attributes) };
      if (result.item === undefined) return { refused: 'not-found' };
      const current = order.parse(result.item);
      // The SDK repeats a write whose answer was lost; the condition then fails on the item that it wrote itself.
      const isOurs = current.Status === status && current.UpdatedAt === updatedAt;
      return isOurs ? { item: current } : { refused: current.Status };
    },

    /** Deletes a cancelled order. */
    async remove(username: string, orderId: string): Promise<WriteResult<undefined, ChangeRefusal>> {
      const result = await orFailedItem(
        client.send(
          new DeleteCommand({
            TableName: tableName,
            Key: orderKey(username, orderId),
            ConditionExpression: '#status = :cancelled',
            ExpressionAttributeNames: { '#status': 'Status' },
            ExpressionAttributeValues: { ':cancelled': 'CANCEL' },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if (result.written) return written;
      return { refused: result.item === undefined ? 'not-found' : order.parse(result.item).Status };
    },
  };
}
