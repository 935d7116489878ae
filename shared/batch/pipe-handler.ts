import middy from '@middy/core';
import type { Context, DynamoDBRecord } from 'aws-lambda';
import { type Service, type Wired, wire } from '../service.ts';
import { observeBatches } from './observe-batches.ts';

/** What a pipe is told of a batch: the records to send again. */
type PipeResponse = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };

/** The Lambda function at the end of a pipe on a table's stream. */
export type PipeFunction = (event: readonly DynamoDBRecord[], context: Context) => Promise<PipeResponse>;

/** What is known of an invocation besides its records. */
export type PipeContext = {
  /** Milliseconds until Lambda stops this invocation. */
  readonly remainingTime: () => number;
};

/**
 * Every target of a pipe on a stream: `export const handler = pipeHandler(service, run)`.
 *
 * A pipe sends an array of records, without the `Records` around it that an event source mapping has, and knows them by
 * `eventID` and not by sequence number, which is why the batch processor of Powertools does not serve here. `run`
 * handles one change; the changes of a batch are handled at the same time. From the first one whose `run` throws,
 * everything may be delivered again, so `run` must do no harm the second time.
 */
export function pipeHandler<Dependencies>(
  service: Service<Dependencies>,
  run: (record: DynamoDBRecord, dependencies: Dependencies, context: PipeContext) => Promise<void>,
): Wired<PipeFunction, Dependencies> {
  return wire(service, (dependencies) => {
    const stack = middy<readonly DynamoDBRecord[], PipeResponse>();
    stack.use(observeBatches(service));
    return stack.handler(async (event: readonly DynamoDBRecord[], context: Context) => {
      const remainingTime = () => context.getRemainingTimeInMillis();
      const results = await Promise.allSettled(event.map((record) => run(record, dependencies(), { remainingTime })));
      const batchItemFailures = results.flatMap((result, index) => {
        if (result.status === 'fulfilled') return [];
        const { eventID = '' } = event[index] ?? {};
        const reason = result.reason instanceof Error ? result.reason.name : 'unknown';
        service.logger.warn('Change failed', { event_id: eventID, reason });
        return [{ itemIdentifier: eventID }];
      });
      return { batchItemFailures };
    });
  });
}
