import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod/mini';

/** Attribute values in stream records. */
const string = z.pipe(
  z.object({ S: z.string() }),
  z.transform(({ S }: { S: string }) => S),
);
const number = z.pipe(
  z.object({ N: z.string() }),
  z.transform(({ N }: { N: string }) => Number(N)),
);

const order = z.object({
  PK: string,
  OrderId: string,
  CreatedAt: string,
  UpdatedAt: z.optional(string),
  Status: string,
  Amount: number,
  NumberItems: number,
});
const previousOrder = z.object({ Status: string });

/** One change of an order: the message to subscribers. */
export type OrderChange = {
  /** The same however often the change is delivered. */
  readonly eventId: string;
  readonly eventType: 'OrderPlaced' | 'OrderUpdated';
  readonly orderId: string;
  readonly username: string;
  readonly status: string;
  /** Before the update. */
  readonly previousStatus?: string;
  readonly amount: number;
  readonly numItems: number;
  readonly occurredAt: string;
};

/** Reads a record of the commerce table's stream. @throws ZodError if it is not a change of an order */
export function readOrderChange({ eventID = '', eventName, dynamodb }: DynamoDBRecord): OrderChange {
  const { PK, OrderId, CreatedAt, UpdatedAt, Status, Amount, NumberItems } = order.parse(dynamodb?.NewImage);
  return {
    eventId: eventID,
    eventType: eventName === 'INSERT' ? 'OrderPlaced' : 'OrderUpdated',
    orderId: OrderId,
    username: PK.slice('CUSTOMER#'.length),
    status: Status,
    ...(eventName === 'MODIFY' && { previousStatus: previousOrder.parse(dynamodb?.OldImage).Status }),
    amount: Amount,
    numItems: NumberItems,
    occurredAt: UpdatedAt ?? CreatedAt,
  };
}
