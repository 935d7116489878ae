import { MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context, DynamoDBRecord } from 'aws-lambda';
import { describeFailure } from '../errors/describe-failure.ts';
import { onlyFor } from '../invalid-event.ts';
import { type Service, type Wired, wire } from '../service.ts';
import { type BatchContext, batchContext } from './batch-context.ts';
import { isChanges } from './batch-event.ts';
import { observeBatches } from './observe-batches.ts';

/** The answer to a pipe: the records to deliver again. */
type PipeResponse = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };

/** The Lambda function at the end of a pipe on a table's stream. */
export type PipeFunction = (event: readonly DynamoDBRecord[], context: Context) => Promise<PipeResponse>;

/**
 * Every target of a pipe on a stream: `export const handler = pipeHandler(service, run)`.
 *
 * A pipe sends an array of records, without the `Records` around it that an event source mapping has, and identifies them
 * by `eventID` instead of by sequence number, so the batch processor of Powertools does not fit. `run` handles one
 * change; the changes of a batch are handled at the same time. From the first one whose `run` throws, everything may be
 * delivered again, so `run` must be idempotent.
 */
export function pipeHandler<Dependencies>(
  service: Service<Dependencies>,
  run: (record: DynamoDBRecord, dependencies: Dependencies, context: BatchContext) => Promise<void>,
): Wired<PipeFunction, Dependencies> {
  return wire(service, (dependencies) => {
    const stack = middy<readonly DynamoDBRecord[], PipeResponse>();
    stack.use(observeBatches(service));
    const consume = stack.handler(async (event: readonly DynamoDBRecord[], lambda: Context) => {
      const context = batchContext(service, lambda);
      measureAge(event, context);
      const results = await Promise.allSettled(event.map((record) => run(record, dependencies(), context)));
      const batchItemFailures = results.flatMap((result, index) => {
        if (result.status === 'fulfilled') return [];
        const { eventID = '' } = event[index] ?? {};
        service.logger.warn('Change failed', { event_id: eventID, ...describeFailure(result.reason) });
        return [{ itemIdentifier: eventID }];
      });
      return { batchItemFailures };
    });
    return onlyFor('a list of changes of a table, as a pipe sends it', isChanges, consume);
  });
}

/** How far behind the stream a batch is: pipes have no metric of it, as event source mappings have `IteratorAge`. */
function measureAge(records: readonly DynamoDBRecord[], { metrics, now }: BatchContext): void {
  const times = records.flatMap(({ dynamodb }) => dynamodb?.ApproximateCreationDateTime ?? []);
  if (times.length === 0) return;
  const age = now.getTime() - Math.min(...times) * 1000;
  metrics.addMetric('ChangeAge', MetricUnit.Milliseconds, Math.max(0, age));
}
