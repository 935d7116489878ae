import {
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod';
import { lambdaRecord } from './lambda-record.ts';

const batchInfo = z.object({
  shardId: z.string(),
  startSequenceNumber: z.string(),
  endSequenceNumber: z.string(),
  approximateArrivalOfFirstRecord: z.string(),
  batchSize: z.number(),
  streamArn: z.string(),
});

/** What the failure destination of a stream gets, from Lambda and from a pipe: where the records are, not what. */
const failureRecord = z.union([
  z
    .object({ requestContext: z.object({ functionArn: z.string() }), DDBStreamBatchInfo: batchInfo })
    .transform(({ requestContext: { functionArn }, DDBStreamBatchInfo }) => ({ ...DDBStreamBatchInfo, functionArn })),
  z
    .object({ context: z.object({ partnerResourceArn: z.string() }), DDBStreamBatchInfo: batchInfo })
    .transform(({ context, DDBStreamBatchInfo }) => ({ ...DDBStreamBatchInfo, pipeArn: context.partnerResourceArn })),
]);

/** A run of records that a function, or the target of a pipe, could not handle. */
export type FailedBatch = z.infer<typeof failureRecord>;

/** @throws Error for what is no such record */
export function readFailedBatch(body: string): FailedBatch {
  return failureRecord.parse(JSON.parse(body));
}

/** An answer may be empty although more follows, but the last record is known to be there. */
const maxEmptyReads = 50;

/** All records of the run, other functions' among them, or undefined when the stream keeps them no longer. */
export async function fetchRecords(
  client: DynamoDBStreamsClient,
  { streamArn, shardId, startSequenceNumber, endSequenceNumber }: FailedBatch,
): Promise<readonly DynamoDBRecord[] | undefined> {
  const end = BigInt(endSequenceNumber);
  const records: DynamoDBRecord[] = [];
  try {
    const first = await client.send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        SequenceNumber: startSequenceNumber,
      }),
    );
    let iterator = first.ShardIterator;
    for (let emptyReads = 0; iterator !== undefined && emptyReads < maxEmptyReads; ) {
      const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      for (const record of Records) {
        const position = BigInt(record.dynamodb?.SequenceNumber ?? 0);
        if (position <= end) records.push(lambdaRecord(record, streamArn));
        if (position >= end) return records;
      }
      if (Records.length === 0) emptyReads += 1;
      iterator = NextShardIterator;
    }
  } catch (error) {
    if (error instanceof TrimmedDataAccessException || error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
  return undefined;
}
