import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import type { AwsClient } from '../core/aws-client.ts';
import type { JsonObject } from '../core/json.ts';
import type { Principal } from '../core/principal.ts';
import { type StreamRecord, streamRecords } from './stream-records.ts';

type Shard = { readonly id: string; readonly parentId: string | undefined };

type StreamDescription = {
  /** Parents come before their children. */
  readonly shards: readonly Shard[];
  /** The name of the table's partition key. */
  readonly partitionKey: string | undefined;
};

export type ShardStart =
  | { readonly kind: 'LATEST' | 'TRIM_HORIZON' }
  | { readonly kind: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string };

/** One table's stream, called with the rights of the role that polls it. */
export type StreamClient = {
  readonly streamArn: string;
  describe(): Promise<StreamDescription>;
  iterator(shardId: string, start: ShardStart): Promise<string>;
  /** `next` is undefined at the end of a closed shard. */
  read(iterator: string): Promise<{ records: StreamRecord[]; next: string | undefined }>;
};

const describeSchema = z.object({
  StreamDescription: z.object({
    KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.string() })).optional(),
    Shards: z.array(z.object({ ShardId: z.string(), ParentShardId: z.string().optional() })).default([]),
    LastEvaluatedShardId: z.string().optional(),
  }),
});
const iteratorSchema = z.object({ ShardIterator: z.string() });
const nextSchema = z.object({ NextShardIterator: z.string().nullish() });

const maxRecordsPerRead = 1000;

export function streamClient(aws: AwsClient, streamArn: string, principal: () => Principal): StreamClient {
  const region = parseArn(streamArn)?.region ?? '';
  const call = async (action: string, input: JsonObject): Promise<JsonObject> =>
    aws({ service: 'dynamodbstreams', action, input, principal: principal(), region });

  return {
    streamArn,
    async describe() {
      const shards: Shard[] = [];
      let partitionKey: string | undefined;
      let last: string | undefined;
      do {
        const page = await call('DescribeStream', {
          StreamArn: streamArn,
          ...(last !== undefined && { ExclusiveStartShardId: last }),
        });
        const { Shards, KeySchema, LastEvaluatedShardId } = describeSchema.parse(page).StreamDescription;
        shards.push(...Shards.map(({ ShardId, ParentShardId }) => ({ id: ShardId, parentId: ParentShardId })));
        partitionKey ??= KeySchema?.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;
        last = LastEvaluatedShardId;
      } while (last !== undefined);
      return { shards, partitionKey };
    },
    async iterator(shardId, start) {
      const answer = await call('GetShardIterator', {
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: start.kind,
        ...(start.kind === 'AFTER_SEQUENCE_NUMBER' && { SequenceNumber: start.sequenceNumber }),
      });
      return iteratorSchema.parse(answer).ShardIterator;
    },
    async read(iterator) {
      const answer = await call('GetRecords', { ShardIterator: iterator, Limit: maxRecordsPerRead });
      const { NextShardIterator } = nextSchema.parse(answer);
      return { records: streamRecords(answer.Records, streamArn), next: NextShardIterator ?? undefined };
    },
  };
}
