import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { FriendMessage } from './friendship.ts';

/** Where actions wait to be done. */
export type FrontQueue = {
  /** The id of the message that the queue has taken. */
  send(message: FriendMessage): Promise<string | undefined>;
};

export function frontQueue(client: SQSClient, queueUrl: string): FrontQueue {
  return {
    async send(message) {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) });
      return (await client.send(command)).MessageId;
    },
  };
}
