import type { JsonObject } from '../core/json.ts';
import type { ShardDiscard } from './shard-reader.ts';

/** `DDBStreamBatchInfo` in a record of failure: where the records can be read again, not what they are. */
export function batchInfo({ shardId, records }: ShardDiscard, streamArn: string): JsonObject {
  const first = records.at(0);
  const last = records.at(-1);
  return {
    shardId,
    startSequenceNumber: first?.id ?? '',
    endSequenceNumber: last?.id ?? '',
    approximateArrivalOfFirstRecord: arrival(first?.createdAt),
    approximateArrivalOfLastRecord: arrival(last?.createdAt),
    batchSize: records.length,
    streamArn,
  };
}

/** With seconds only, as the stream tells time. */
function arrival(createdAt = 0): string {
  return new Date(createdAt).toISOString().replace(/\.\d+Z$/, 'Z');
}
