import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { transact } from '#shared/dynamodb/transact.ts';
import { keyOfAnotherRequest } from '#shared/http/idempotency.ts';
import { type Order, order } from './order.ts';

type Tables = {
  readonly commerce: string;
  /** Where Powertools keeps its answers, and this the orders placed under keys, for the same day. */
  readonly idempotency: string;
};

const secondsKept = 24 * 60 * 60;

/**
 * Places an order: one transaction, in which the user is there and counts it.
 *
 * With a key the transaction also writes down which order was placed under it, on the condition that none was. Powertools
 * knows the key for as long as the function lives; but when the answer of DynamoDB is lost it must forget it, since
 * nobody knows then whether there is an order. Whoever tries again meets what the transaction has left, or nothing.
 */
export function orderPlacer(client: DynamoDBDocumentClient, tables: Tables) {
  /** @returns the order, or the one placed under the key before; undefined when there is no such user */
  return async (placed: Order, key?: string): Promise<Order | undefined> => {
    const refused = await transact(client, [
      {
        // Counted, and not only checked, so that a removal of the user that has begun fails.
        Update: {
          TableName: tables.commerce,
          Key: { PK: placed.PK, SK: placed.PK },
          ConditionExpression: 'attribute_exists(Email)',
          UpdateExpression: 'ADD OrdersPlaced :one',
          ExpressionAttributeValues: { ':one': 1 },
        },
      },
      { Put: { TableName: tables.commerce, Item: placed } },
      ...(key === undefined ? [] : [{ Put: placedUnder(tables.idempotency, key, placed) }]),
    ]);
    if (refused.length === 0) return placed;
    const earlier = refused.find(({ index }) => index === keyIndex);
    if (earlier === undefined) return undefined;
    const found = order.parse(earlier.item?.order);
    if (found.Amount !== placed.Amount || found.NumberItems !== placed.NumberItems) throw keyOfAnotherRequest();
    return found;
  };
}

/** Which write of the transaction is the key's. */
const keyIndex = 2;

function placedUnder(TableName: string, key: string, placed: Order) {
  const now = Math.floor(Date.parse(placed.CreatedAt) / 1000);
  return {
    TableName,
    Item: { id: `placedOrder#${key}`, expiration: now + secondsKept, order: placed },
    // What has expired is removed some time later.
    ConditionExpression: 'attribute_not_exists(id) OR expiration < :now',
    ExpressionAttributeValues: { ':now': now },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}
