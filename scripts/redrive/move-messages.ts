import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { RedriveQueue } from './redrive-queues.ts';

export type MoveOptions = {
  readonly max: number;
  readonly isDryRun: boolean;
  /** Called with the number of messages moved so far. */
  readonly onProgress: (count: number) => void;
};

/**
 * Moves messages with their attributes, at most ten at a time. Each is deleted only after the target has taken it.
 * Messages that fail again meanwhile are left for the next run: it stops after as many as waited when it began.
 *
 * @returns how many were moved, or wait, for a dry run
 * @throws Error when the target refuses a message
 */
export async function moveMessages(
  client: SQSClient,
  { from, to }: RedriveQueue,
  options: MoveOptions,
): Promise<number> {
  const waiting = await countMessages(client, from);
  const wanted = Math.min(waiting, options.max);
  if (options.isDryRun) return wanted;

  let moved = 0;
  while (moved < wanted) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: from,
        MaxNumberOfMessages: Math.min(10, wanted - moved),
        MessageAttributeNames: ['All'],
        WaitTimeSeconds: 1,
      }),
    );
    if (Messages.length === 0) break;
    await Promise.all(Messages.map((message) => moveMessage(client, message, from, to)));
    moved += Messages.length;
    options.onProgress(moved);
  }
  return moved;
}

async function countMessages(client: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}

async function moveMessage(client: SQSClient, message: Message, from: string, to: string): Promise<void> {
  const { Body, MessageAttributes, ReceiptHandle } = message;
  await client.send(new SendMessageCommand({ QueueUrl: to, MessageBody: Body, MessageAttributes }));
  await client.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
}
