import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { OrderChange } from '../domain/order-change.ts';

/** The topic of order changes. The filter policies of its subscriptions match the attributes of a message. */
export type OrderTopic = {
  publish(change: OrderChange): Promise<void>;
};

export function orderTopic(client: SNSClient, topicArn: string): OrderTopic {
  return {
    async publish(change) {
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
    },
  };
}
