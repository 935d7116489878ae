import { batchInfo } from '../event-sources/batch-info.ts';
import type { ShardDiscard } from '../event-sources/shard-reader.ts';

/** What the on-failure destination of a stream mapping gets. */
export function failureRecord(discard: ShardDiscard, functionArn: string, streamArn: string, now: number): string {
  const { condition, invokeCount, invocation } = discard;
  return JSON.stringify({
    requestContext: {
      requestId: invocation?.requestId ?? '',
      functionArn,
      condition,
      approximateInvokeCount: invokeCount,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: invocation?.executedVersion ?? '$LATEST',
      functionError: invocation?.functionError ?? null,
    },
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: batchInfo(discard, streamArn),
  });
}
