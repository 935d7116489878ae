import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { redriveAttributes, type UserMessage } from '../domain/user-message.ts';

/** The queue where failed messages wait for `npm run redrive`. */
export type ArchiveQueue = {
  send(message: UserMessage): Promise<void>;
};

export function archiveQueue(client: SQSClient, queueUrl: string): ArchiveQueue {
  return {
    async send({ messageId, sentAt, body }) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageAttributes: {
            [redriveAttributes.messageId]: { DataType: 'String', StringValue: messageId },
            [redriveAttributes.sentAt]: { DataType: 'Number', StringValue: String(sentAt.getTime()) },
          },
        }),
      );
    },
  };
}
