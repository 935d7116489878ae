import type { DynamoDBRecord } from 'aws-lambda';
import { usernameOf } from '#shared/commerce-table/keys.ts';
import { orderItem } from '#shared/commerce-table/order-item.ts';
import type { OrderStatus } from '#shared/commerce-table/order-status.ts';
import { readImage } from '#shared/dynamodb/stream-image.ts';

/** One change of an order: the message to subscribers. */
export type OrderChange = {
  /** The same however often the change is delivered. */
  readonly eventId: string;
  readonly eventType: 'OrderPlaced' | 'OrderUpdated';
  readonly orderId: string;
  readonly username: string;
  readonly status: OrderStatus;
  /** Before the update. */
  readonly previousStatus?: OrderStatus;
  readonly amount: number;
  readonly numItems: number;
  readonly occurredAt: string;
};

/** Reads a record of the commerce table's stream. @throws ZodError if it is not a change of an order */
export function readOrderChange({ eventID = '', eventName, dynamodb }: DynamoDBRecord): OrderChange {
  const { PK, OrderId, CreatedAt, UpdatedAt, Status, Amount, NumberItems } = readImage(orderItem, dynamodb?.NewImage);
  return {
    eventId: eventID,
    eventType: eventName === 'INSERT' ? 'OrderPlaced' : 'OrderUpdated',
    orderId: OrderId,
    username: usernameOf(PK),
    status: Status,
    ...(eventName === 'MODIFY' && { previousStatus: readImage(orderItem, dynamodb?.OldImage).Status }),
    amount: Amount,
    numItems: NumberItems,
    occurredAt: UpdatedAt ?? CreatedAt,
  };
}
