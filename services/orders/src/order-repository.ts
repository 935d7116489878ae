import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { orFailedItem } from '#shared/dynamodb/conditional-failure.ts';
import { decodePageToken, encodePageToken, type Page } from '#shared/dynamodb/page-token.ts';
import { type Customer, customer } from './customer.ts';
import { ksuid } from './ksuid.ts';
import { type Order, order } from './order.ts';
import { customerKey, orderKey } from './order-keys.ts';
import type { OrderListQuery } from './order-list-query.ts';
import { type OrderStatus, sourcesOf } from './order-status.ts';

/** What became of a change of an order: the order, or why it was not made; the status is the one that forbids it. */
export type Changed = { readonly order: Order } | { readonly refused: 'unknown' } | { readonly refused: OrderStatus };

/** Orders in the commerce table. Each method is one request to it, and none depends on how many orders there are. */
export function orderRepository(client: DynamoDBDocumentClient, tableName: string) {
  return {
    async find(username: string, orderId: string): Promise<Order | undefined> {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: orderKey(username, orderId), ConsistentRead: true }),
      );
      return Item && order.parse(Item);
    },

    /** A page of the orders of a user, newest first, the first page headed by the user; undefined for no such user. */
    async list({ username, limit, nextToken }: OrderListQuery): Promise<Page<Customer | Order> | undefined> {
      const { PK } = customerKey(username);
      const scope = [tableName, PK];
      const after = nextToken === undefined ? undefined : decodePageToken(scope, nextToken, ksuid);
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'PK = :user',
          ExpressionAttributeValues: { ':user': PK },
          ScanIndexForward: false,
          // Whoever has just placed an order looks for it here.
          ConsistentRead: true,
          // One more than the page has shows whether there is a next one; the user is extra.
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

    /** Moves an order to `status` if that is legal from the one it has by then. */
    async update(username: string, orderId: string, status: OrderStatus, updatedAt: string): Promise<Changed> {
      // Nothing leads to PLACED, but IN wants something to compare with.
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
      if (result.written) return { order: order.parse(result.output.Attributes) };
      if (result.item === undefined) return { refused: 'unknown' };
      const current = order.parse(result.item);
      // The SDK repeats a write whose answer was lost, and then meets what it has written itself.
      const isOurs = current.Status === status && current.UpdatedAt === updatedAt;
      return isOurs ? { order: current } : { refused: current.Status };
    },

    /** Deletes a cancelled order. */
    async remove(username: string, orderId: string): Promise<Changed> {
      const result = await orFailedItem(
        client.send(
          new DeleteCommand({
            TableName: tableName,
            Key: orderKey(username, orderId),
            ConditionExpression: '#status = :cancelled',
            ExpressionAttributeNames: { '#status': 'Status' },
            ExpressionAttributeValues: { ':cancelled': 'CANCEL' },
            ReturnValues: 'ALL_OLD',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if (result.written) return { order: order.parse(result.output.Attributes) };
      return { refused: result.item === undefined ? 'unknown' : order.parse(result.item).Status };
    },
  };
}
