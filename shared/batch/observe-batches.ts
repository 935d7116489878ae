import type { MiddlewareObj } from '@middy/core';
import type { Service } from '../service.ts';

type Batch = { readonly Records: readonly unknown[] };
type BatchResponse = { readonly batchItemFailures: readonly unknown[] };

/** Writes one line about each batch and publishes its metrics. Message bodies are never logged. */
export function observeBatches<E extends Batch, R extends BatchResponse>({
  logger,
  metrics,
}: Service<unknown>): MiddlewareObj<E, R> {
  const finish = ({ event, response }: { event: E; response: R | null | undefined }): void => {
    logger.info('Batch handled', { records: event.Records.length, failures: response?.batchItemFailures.length });
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
