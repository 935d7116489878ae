import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { redriveAttributes, type UserMessage } from './user-message.ts';

/** Where failed messages wait until somebody sends them back with `npm run redrive`. */
export type Archive = {
  keep(message: UserMessage): Promise<void>;
};

export function archive(client: SQSClient, queueUrl: string): Archive {
  return {
    async keep({ messageId, sentAt, body }) {
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
