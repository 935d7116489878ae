import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { FriendMessage } from '../domain/friendship.ts';

/** The queue of the actions that players send. */
export type ActionQueue = {
  /** @returns the message id */
  send(message: FriendMessage): Promise<string | undefined>;
};

export function actionQueue(client: SQSClient, queueUrl: string): ActionQueue {
  return {
    async send(message) {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) });
      return (await client.send(command)).MessageId;
    },
  };
}
