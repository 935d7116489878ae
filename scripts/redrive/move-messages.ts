import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { RedriveQueue } from './redrive-queues.ts';
import { type TakeOptions, takeMessages } from './take-messages.ts';

/**
 * Moves messages with their attributes. SQS gives every copy a new id; the first goes along as the attribute
 * `originalMessageId`, by which a consumer knows a message that it has met before.
 *
 * @returns how many were moved, or wait, for a dry run
 * @throws Error when the target refuses a message
 */
export function moveMessages(client: SQSClient, { from, to }: RedriveQueue, options: TakeOptions): Promise<number> {
  return takeMessages(client, from, options, async ({ MessageId, Body, MessageAttributes }) => {
    const original = { originalMessageId: { DataType: 'String', StringValue: MessageId } };
    await client.send(
      new SendMessageCommand({
        QueueUrl: to,
        MessageBody: Body,
        MessageAttributes: { ...original, ...MessageAttributes },
      }),
    );
    return true;
  });
}
