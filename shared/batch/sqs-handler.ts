import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { type Service, type Wired, wire } from '../service.ts';
import { observeBatches } from './observe-batches.ts';

/** The Lambda function of one queue. */
export type SqsFunction = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * Every consumer of a queue: `export const handler = sqsHandler(service, run)`.
 *
 * `run` handles one message; the messages of a batch are handled at the same time. A message whose `run` throws is
 * reported as a batch item failure and comes back after the visibility timeout, in the end to the dead-letter queue;
 * the others are done. Needs `ReportBatchItemFailures` on the event source mapping.
 */
export function sqsHandler<Dependencies>(
  service: Service<Dependencies>,
  run: (record: SQSRecord, dependencies: Dependencies) => Promise<void>,
): Wired<SqsFunction, Dependencies> {
  return wire(service, (dependencies) => {
    const process = async (record: SQSRecord): Promise<void> => {
      try {
        await run(record, dependencies());
      } catch (error) {
        service.logger.warn('Message failed', {
          message_id: record.messageId,
          receive_count: record.attributes.ApproximateReceiveCount,
          reason: error instanceof Error ? error.name : 'unknown',
        });
        throw error;
      }
    };
    const stack = middy<SQSEvent, SQSBatchResponse>();
    stack.use(observeBatches(service));
    return stack.handler((event: SQSEvent, context: Context) =>
      // A processor keeps the failures of its batch, so each batch gets its own.
      processPartialResponse(event, process, new BatchProcessor(EventType.SQS), {
        context,
        throwOnFullBatchFailure: false,
      }),
    );
  });
}
