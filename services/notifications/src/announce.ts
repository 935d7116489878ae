import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { OrderChange } from './order-change.ts';

/** Tells the subscribers of the topic. */
export type Announce = (change: OrderChange) => Promise<void>;

/** Publishes one message a change. Its attributes are what filter policies of subscriptions go by. */
export function announcer(client: SNSClient, topicArn: string): Announce {
  return async (change) => {
    await client.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: `Order ${change.orderId} is ${change.status}`,
        Message: JSON.stringify(change),
        MessageAttributes: {
          eventType: { DataType: 'String', StringValue: change.eventType },
          status: { DataType: 'String', StringValue: change.status },
        },
      }),
    );
  };
}
