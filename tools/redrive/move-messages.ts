import { SendMessageCommand, type SQSClient, SQSServiceException } from '@aws-sdk/client-sqs';
import type { RedriveQueue } from './redrive-queues.ts';
import { type TakeOptions, takeMessages } from './take-messages.ts';

type MoveOptions = TakeOptions & {
  /** Told of each message that stays where it is. */
  readonly onLeft: (reason: string) => void;
};

/**
 * Moves messages with their attributes. SQS gives every copy a new id; the first goes along as the attribute
 * `originalMessageId`, by which a consumer knows a message that it has met before. One that the target does not take,
 * being too large with it, stays and keeps no other from going.
 *
 * @returns how many were moved, or wait, for a dry run
 */
export function moveMessages(client: SQSClient, { from, to }: RedriveQueue, options: MoveOptions): Promise<number> {
  return takeMessages(client, from, options, async ({ MessageId, Body, MessageAttributes }) => {
    const original = { originalMessageId: { DataType: 'String', StringValue: MessageId } };
    const command = new SendMessageCommand({
      QueueUrl: to,
      MessageBody: Body,
      MessageAttributes: { ...original, ...MessageAttributes },
    });
    try {
      await client.send(command);
      return true;
    } catch (error) {
      if (!(error instanceof SQSServiceException) || !error.name.includes('InvalidParameterValue')) throw error;
      options.onLeft(`Message ${MessageId}: ${error.message}`);
      return false;
    }
  });
}
