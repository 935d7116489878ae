import { type Clock, sleep } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Principal } from '../core/principal.ts';
import { backOff } from './back-off.ts';
import type { DeliverMessage } from './deliver-message.ts';
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

const tries = 5;

/** Sends a record of failure; yields false when even that fails, and the record is lost. */
export async function sendFailure(
  { clock, deliver }: { clock: Clock; deliver: DeliverMessage },
  { principal, ...message }: { destinationArn: string; body: string; principal: () => Principal },
): Promise<boolean> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if (attempt > 0) await sleep(clock, backOff(attempt, 100, 5000));
    try {
      await deliver({ ...message, attributes: {}, principal: principal() });
      return true;
    } catch {
      // Tried again: the destination may be throttled or about to be made.
    }
  }
  return false;
}
