import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { describeFailure } from '../errors/describe-failure.ts';
import { onlyFor } from '../invalid-event.ts';
import { type Service, type Wired, wire } from '../service.ts';
import { type BatchContext, batchContext } from './batch-context.ts';
import { isStreamEvent } from './batch-event.ts';
import { observeBatches } from './observe-batches.ts';

/** The Lambda function of one event source mapping on a table's stream. */
export type StreamFunction = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;

/**
 * Every consumer of a stream: `export const handler = streamHandler(service, run)`.
 *
 * `run` handles one change; the changes of a batch are handled at the same time. From the first one whose `run` throws,
 * everything is delivered again, so `run` must be idempotent. Needs `ReportBatchItemFailures`.
 */
export function streamHandler<Dependencies>(
  service: Service<Dependencies>,
  run: (record: DynamoDBRecord, dependencies: Dependencies, context: BatchContext) => Promise<void>,
): Wired<StreamFunction, Dependencies> {
  return wire(service, (dependencies) => {
    const stack = middy<DynamoDBStreamEvent, DynamoDBBatchResponse>();
    stack.use(observeBatches(service));
    const consume = stack.handler((event: DynamoDBStreamEvent, lambda: Context) => {
      const context = batchContext(service, lambda);
      const process = async (record: DynamoDBRecord): Promise<void> => {
        try {
          await run(record, dependencies(), context);
        } catch (error) {
          service.logger.warn('Change failed', {
            event_id: record.eventID,
            ...describeFailure(error),
          });
          throw error;
        }
      };
      return processPartialResponse(event, process, new BatchProcessor(EventType.DynamoDBStreams), {
        context: lambda,
        throwOnFullBatchFailure: false,
      });
    });
    return onlyFor('a batch of changes of a table', isStreamEvent, consume);
  });
}
