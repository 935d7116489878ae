import type { MiddlewareObj } from '@middy/core';
import type { Service } from '../service.ts';

/** What an event source mapping or a pipe sends. */
type Batch = { readonly Records: readonly unknown[] } | readonly unknown[];
type BatchResponse = { readonly batchItemFailures: readonly unknown[] };

/** Writes one line about each batch and publishes its metrics. Message bodies are never logged. */
export function observeBatches<E extends Batch, R extends BatchResponse>({
  logger,
  metrics,
}: Service<unknown>): MiddlewareObj<E, R> {
  const finish = ({ event, response }: { event: E; response: R | null | undefined }): void => {
    const { length: records } = 'Records' in event ? event.Records : event;
    logger.info('Batch handled', { records, failures: response?.batchItemFailures.length });
    logger.resetKeys();
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return {
    before: ({ context }) => {
      logger.addContext(context);
    },
    after: finish,
    onError: finish,
  };
}
