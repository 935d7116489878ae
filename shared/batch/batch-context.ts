import type { Context } from 'aws-lambda';
import type { Observability, Service } from '../service.ts';

/** What the handler of a record gets besides the record. */
export type BatchContext = Observability & {
  readonly now: Date;
  /** Milliseconds until Lambda stops this invocation. */
  readonly remainingTime: () => number;
};

export function batchContext({ logger, metrics }: Service<unknown>, lambda: Context): BatchContext {
  return { logger, metrics, now: new Date(), remainingTime: () => lambda.getRemainingTimeInMillis() };
}
