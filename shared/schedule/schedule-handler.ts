import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { describeFailure } from '../errors/describe-failure.ts';
import { onlyFor } from '../invalid-event.ts';
import { type Observability, type Service, type Wired, wire } from '../service.ts';

/** The part of the input of a schedule that all jobs have; the schedule fills it in for each run. */
const run = z.looseObject({
  /** The time of the schedule, which stays the same when a run is late or repeated: `<aws.scheduler.scheduled-time>`. */
  scheduledTime: z.iso.datetime(),
  /** `<aws.scheduler.execution-id>`. */
  executionId: z.string().check(z.minLength(1)),
});

/** What the handler of a job gets besides its input. */
export type JobContext = Observability & {
  readonly scheduledTime: Date;
  /** Lambda's id of this invocation. */
  readonly requestId: string;
  /** The id of the run of the schedule, which joins the log lines of all functions that it leads to. */
  readonly correlationId: string;
  /** Milliseconds until Lambda stops this invocation. */
  readonly remainingTime: () => number;
};

/** The Lambda function that a schedule invokes. What it returns is for people who invoke it by hand. */
export type ScheduleFunction = (event: object, context: Context) => Promise<JobResult>;

/** Values for the log line, too. */
export type JobResult = Readonly<Record<string, string>>;

/**
 * Every target of a schedule: `export const handler = scheduleHandler(service, input, run)`.
 *
 * `run` does one job. If it throws, Lambda invokes the function twice more, and then sends the input to the destination for
 * failures. A schedule may also fire twice, so `run` must be idempotent.
 */
export function scheduleHandler<Dependencies, Input>(
  service: Service<Dependencies>,
  schema: z.ZodMiniType<Input>,
  perform: (input: Input, dependencies: Dependencies, context: JobContext) => Promise<JobResult>,
): Wired<ScheduleFunction, Dependencies> {
  const { logger, metrics } = service;
  return wire(service, (dependencies) => {
    const job = middy<object, JobResult>().handler(async (event: object, lambda: Context) => {
      const { scheduledTime, executionId: correlationId } = run.parse(event);
      const { awsRequestId: requestId } = lambda;
      logger.addContext(lambda);
      logger.appendKeys({ request_id: requestId, correlation_id: correlationId });
      try {
        const result = await perform(schema.parse(event), dependencies(), {
          ...{ logger, metrics, requestId, correlationId },
          scheduledTime: new Date(scheduledTime),
          remainingTime: () => lambda.getRemainingTimeInMillis(),
        });
        logger.info('Job done', result);
        return result;
      } catch (error) {
        logger.warn('Job failed', describeFailure(error));
        throw error;
      } finally {
        logger.resetKeys();
        if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
      }
    });
    return onlyFor('the input of a schedule', (event) => run.safeParse(event).success, job);
  });
}
