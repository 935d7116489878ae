import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { PipesClient } from '@aws-sdk/client-pipes';
import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type FailedBatch, fetchRecords, readFailedBatch } from './failed-batch.ts';
import { readConsumer } from './read-consumer.ts';
import { type TakeOptions, takeMessages } from './take-messages.ts';

export type ReplayClients = {
  readonly sqs: SQSClient;
  readonly streams: DynamoDBStreamsClient;
  readonly lambda: LambdaClient;
  readonly pipes: PipesClient;
};

type Options = TakeOptions & {
  /** Told of each batch that stays in the queue, and why. */
  readonly onLeft: (reason: string) => void;
};

/**
 * Reads the failed records again from the stream, as long as it keeps them, and has their function handle them. What
 * does not succeed stays in the queue.
 *
 * @returns how many batches were handled, or wait, for a dry run
 */
export function replayChanges(clients: ReplayClients, queueUrl: string, options: Options): Promise<number> {
  return takeMessages(clients.sqs, queueUrl, options, async ({ MessageId, Body = '' }) => {
    try {
      const problem = await replay(clients, readFailedBatch(Body));
      if (problem !== undefined) options.onLeft(problem);
      return problem === undefined;
    } catch (error) {
      options.onLeft(`Message ${MessageId}: ${error instanceof Error ? error.message : error}`);
      return false;
    }
  });
}

/** @returns what went wrong, or undefined */
async function replay(clients: ReplayClients, batch: FailedBatch): Promise<string | undefined> {
  const name = `${batch.shardId} ${batch.startSequenceNumber}–${batch.endSequenceNumber}`;
  const records = await fetchRecords(clients.streams, batch);
  if (records === undefined) {
    return `${name}: gone since the stream keeps records for 24 hours; the first came ${batch.approximateArrivalOfFirstRecord}.`;
  }
  const consumer = await readConsumer(clients, batch);
  const meant = records.filter(consumer.matches);
  for (let start = 0; start < meant.length; start += consumer.batchSize) {
    const event = consumer.eventOf(meant.slice(start, start + consumer.batchSize));
    const problem = await invoke(clients.lambda, consumer.functionArn, event);
    if (problem !== undefined) return `${name}: ${problem}`;
  }
  return undefined;
}

const partialResponse = z.object({ batchItemFailures: z.array(z.unknown()).nullish() }).nullish();

async function invoke(lambda: LambdaClient, FunctionName: string, event: unknown): Promise<string | undefined> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
  );
  const answer: unknown = JSON.parse(Payload?.transformToString() || 'null');
  if (FunctionError !== undefined) return `${FunctionName} failed: ${JSON.stringify(answer)}`;
  const failures = partialResponse.parse(answer)?.batchItemFailures?.length ?? 0;
  return failures === 0 ? undefined : `${FunctionName} failed again; see its log.`;
}
