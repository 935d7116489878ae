import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export type TakeOptions = {
  readonly max: number;
  readonly isDryRun: boolean;
  /** Called with the number of messages done so far. */
  readonly onProgress: (count: number) => void;
};

/**
 * Takes messages out of a queue, at most ten at a time: each is deleted once `use` says true of it, else it stays.
 * Messages that fail again meanwhile are left for the next run: it stops after as many as waited when it began.
 *
 * @returns how many are done, or wait, for a dry run
 */
export async function takeMessages(
  client: SQSClient,
  queueUrl: string,
  { max, isDryRun, onProgress }: TakeOptions,
  use: (message: Message) => Promise<boolean>,
): Promise<number> {
  const wanted = Math.min(await countMessages(client, queueUrl), max);
  if (isDryRun) return wanted;

  let taken = 0;
  let done = 0;
  while (taken < wanted) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(10, wanted - taken),
        MessageAttributeNames: ['All'],
        WaitTimeSeconds: 1,
      }),
    );
    if (Messages.length === 0) break;
    taken += Messages.length;
    await Promise.all(
      Messages.map(async (message) => {
        if (!(await use(message))) return;
        await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }));
        done += 1;
      }),
    );
    onProgress(done);
  }
  return done;
}

async function countMessages(client: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}
