import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { userKey, usernameOf } from '#shared/commerce-table/keys.ts';
import { userExists } from '#shared/commerce-table/user-item.ts';
import { transact } from '#shared/dynamodb/transact.ts';
import type { WriteResult } from '#shared/dynamodb/write-result.ts';
import { keyOfAnotherRequest } from '#shared/http/idempotency.ts';
import { type Order, order } from '../domain/order.ts';

type Tables = {
  readonly commerce: string;
  /** The orders that were placed under keys, kept for a day. */
  readonly idempotency: string;
};

/** An order, and whether this request has placed it or an earlier one with the same key. */
type Placement = { readonly order: Order; readonly isNew: boolean };

const secondsKept = 24 * 60 * 60;

/**
 * Places an order in one transaction, which requires that the user exists and increments its count of orders.
 *
 * With an idempotency key the transaction also records the order under user and key, on the condition that there is no
 * record. So a request that is repeated, at the same time or after its answer was lost, finds the order of the first one,
 * and a failed request leaves no record. A record of the request beside the transaction could not know whether a
 * transaction without an answer was carried out.
 */
export function orderPlacer(client: DynamoDBDocumentClient, tables: Tables) {
  /** @throws AppError UNPROCESSABLE for a key that was used with another order */
  return async (placed: Order, key?: string): Promise<WriteResult<Placement, 'user-not-found'>> => {
    const refused = await transact(client, [
      {
        // An update instead of a condition check: a removal of the user that has begun must fail.
        Update: {
          TableName: tables.commerce,
          Key: userKey(usernameOf(placed.PK)),
          ConditionExpression: userExists,
          UpdateExpression: 'ADD OrdersPlaced :one',
          ExpressionAttributeValues: { ':one': 1 },
        },
      },
      { Put: { TableName: tables.commerce, Item: placed } },
      ...(key === undefined ? [] : [{ Put: placedUnder(tables.idempotency, key, placed) }]),
    ]);
    if (refused.length === 0) return { item: { order: placed, isNew: true } };
    const earlier = refused.find(({ index }) => index === keyIndex);
    if (earlier === undefined) return { refused: 'user-not-found' };
    const found = order.parse(earlier.item?.order);
    if (found.Amount !== placed.Amount || found.NumberItems !== placed.NumberItems) throw keyOfAnotherRequest();
    return { item: { order: found, isNew: false } };
  };
}

/** The position of the key's write in the transaction. */
const keyIndex = 2;

/** The record of an order under a key. Two users may send the same key. */
function placedUnder(TableName: string, key: string, placed: Order) {
  const now = Math.floor(Date.parse(placed.CreatedAt) / 1000);
  return {
    TableName,
    Item: {
      id: `placedOrder#${usernameOf(placed.PK)}#${key}`,
      expiration: now + secondsKept,
      order: placed,
    },
    // DynamoDB deletes expired items only some time later.
    ConditionExpression: 'attribute_not_exists(id) OR expiration < :now',
    ExpressionAttributeValues: { ':now': now },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}
