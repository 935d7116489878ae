import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { InvokeCommand, type LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod';
import { compileFilters } from '#local/filter-pattern/compile-filters.ts';
import { type FailedBatch, fetchRecords, readFailedBatch } from './failed-batch.ts';
import { type TakeOptions, takeMessages } from './take-messages.ts';

export type ReplayClients = {
  readonly sqs: SQSClient;
  readonly streams: DynamoDBStreamsClient;
  readonly lambda: LambdaClient;
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
async function replay({ streams, lambda }: ReplayClients, batch: FailedBatch): Promise<string | undefined> {
  const name = `${batch.shardId} ${batch.startSequenceNumber}–${batch.endSequenceNumber}`;
  const records = await fetchRecords(streams, batch);
  if (records === undefined) {
    return `${name}: gone since the stream keeps records for 24 hours; the first came ${batch.approximateArrivalOfFirstRecord}.`;
  }
  const functionArn = batch.functionArn.replace(/:\$LATEST$/, '');
  const { matches, batchSize } = await readMapping(lambda, functionArn, batch.streamArn);
  const meant = records.filter(matches);
  for (let start = 0; start < meant.length; start += batchSize) {
    const problem = await invoke(lambda, functionArn, meant.slice(start, start + batchSize));
    if (problem !== undefined) return `${name}: ${problem}`;
  }
  return undefined;
}

/** Which records the function is there for, and how many of them it takes at a time. */
async function readMapping(lambda: LambdaClient, FunctionName: string, EventSourceArn: string) {
  for await (const page of paginateListEventSourceMappings({ client: lambda }, { FunctionName, EventSourceArn })) {
    for (const { FilterCriteria, BatchSize = 100 } of page.EventSourceMappings ?? []) {
      const patterns = FilterCriteria?.Filters?.flatMap(({ Pattern }) => Pattern ?? []) ?? [];
      const isMeant = patterns.length === 0 ? () => true : compileFilters(patterns);
      return {
        batchSize: BatchSize,
        matches: (record: DynamoDBRecord) => isMeant(JSON.parse(JSON.stringify(record))),
      };
    }
  }
  throw new Error(`${FunctionName} does not consume ${EventSourceArn} any more.`);
}

const partialResponse = z.object({ batchItemFailures: z.array(z.unknown()).nullish() }).nullish();

async function invoke(
  lambda: LambdaClient,
  FunctionName: string,
  Records: readonly DynamoDBRecord[],
): Promise<string | undefined> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify({ Records }) }),
  );
  const answer: unknown = JSON.parse(Payload?.transformToString() || 'null');
  if (FunctionError !== undefined) return `${FunctionName} failed: ${JSON.stringify(answer)}`;
  const failures = partialResponse.parse(answer)?.batchItemFailures?.length ?? 0;
  return failures === 0 ? undefined : `${FunctionName} failed again; see its log.`;
}
