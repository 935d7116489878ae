import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { transact } from '#shared/dynamodb/transact.ts';
import type { WriteResult } from '#shared/dynamodb/write-result.ts';
import { keyOfAnotherRequest } from '#shared/http/idempotency.ts';
import { type Order, order } from '../domain/order.ts';

type Tables = {
  readonly commerce: string;
  /** Answers of Powertools and the orders placed under keys, both kept for a day. */
  readonly idempotency: string;
};

const secondsKept = 24 * 60 * 60;

/**
 * Places an order in one transaction, which requires that the user exists and increments its count of orders.
 *
 * With a key the transaction also records the order under the key, if the key has none yet. The record of Powertools is
 * not enough: Powertools deletes it when an invocation fails, and an invocation whose answer from DynamoDB is lost fails
 * although the order may exist. A retry then finds the record of the transaction, or places the order.
 */
export function orderPlacer(client: DynamoDBDocumentClient, tables: Tables) {
  /** @returns the order, or the one that was placed under the key before */
  return async (placed: Order, key?: string): Promise<WriteResult<Order, 'user-not-found'>> => {
    const refused = await transact(client, [
      {
        // An update instead of a condition check: a removal of the user that has begun must fail.
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
    if (refused.length === 0) return { item: placed };
    const earlier = refused.find(({ index }) => index === keyIndex);
    if (earlier === undefined) return { refused: 'user-not-found' };
    const found = order.parse(earlier.item?.order);
    if (found.Amount !== placed.Amount || found.NumberItems !== placed.NumberItems) throw keyOfAnotherRequest();
    return { item: found };
  };
}

/** The position of the key's write in the transaction. */
const keyIndex = 2;

function placedUnder(TableName: string, key: string, placed: Order) {
  const now = Math.floor(Date.parse(placed.CreatedAt) / 1000);
  return {
    TableName,
    Item: { id: `placedOrder#${key}`, expiration: now + secondsKept, order: placed },
    // DynamoDB deletes expired items only some time later.
    ConditionExpression: 'attribute_not_exists(id) OR expiration < :now',
    ExpressionAttributeValues: { ':now': now },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}
