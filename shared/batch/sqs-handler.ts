import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { describeFailure } from '../errors/describe-failure.ts';
import { onlyFor } from '../invalid-event.ts';
import { type Service, type Wired, wire } from '../service.ts';
import { type BatchContext, batchContext } from './batch-context.ts';
import { isSqsEvent } from './batch-event.ts';
import { observeBatches } from './observe-batches.ts';

/** The Lambda function of one queue. */
export type SqsFunction = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * Every consumer of a queue: `export const handler = sqsHandler(service, run)`.
 *
 * `run` handles one message; the messages of a batch are handled at the same time. A message whose `run` throws is
 * reported as a batch item failure: SQS delivers it again after the visibility timeout, and finally moves it to the
 * dead-letter queue. The others are deleted. Needs `ReportBatchItemFailures` on the event source mapping.
 */
export function sqsHandler<Dependencies>(
  service: Service<Dependencies>,
  run: (record: SQSRecord, dependencies: Dependencies, context: BatchContext) => Promise<void>,
): Wired<SqsFunction, Dependencies> {
  return wire(service, (dependencies) => {
    const stack = middy<SQSEvent, SQSBatchResponse>();
    stack.use(observeBatches(service));
    const consume = stack.handler((event: SQSEvent, lambda: Context) => {
      const context = batchContext(service, lambda);
      const process = async (record: SQSRecord): Promise<void> => {
        try {
          await run(record, dependencies(), context);
        } catch (error) {
          service.logger.warn('Message failed', {
            message_id: record.messageId,
            receive_count: record.attributes.ApproximateReceiveCount,
            ...describeFailure(error),
          });
          throw error;
        }
      };
      // A processor keeps the failures of its batch, so each batch gets its own.
      return processPartialResponse(event, process, new BatchProcessor(EventType.SQS), {
        context: lambda,
        throwOnFullBatchFailure: false,
      });
    });
    return onlyFor('a batch of SQS messages', isSqsEvent, consume);
  });
}
