import type { Clock } from '../core/clock.ts';
import { rolePrincipal } from '../core/credentials.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import { deliverWithRetries } from '../core/deliver-with-retries.ts';
import type { AsyncMetric, FunctionMetrics } from './function-metrics.ts';
import type { EventInvokeConfig } from './function-record.ts';
import type { Target } from './function-store.ts';
import type { EventResult, QueuedEvent, RunOutcome } from './queued-event.ts';

export type AsyncResultsOptions = {
  readonly clock: Clock;
  readonly metrics: FunctionMetrics;
  readonly deliver: DeliverMessage;
};

/** An event that is through with, one way or the other. */
export type AsyncResult = {
  readonly condition: EventResult['condition'];
  readonly target: Target;
  readonly config: EventInvokeConfig | undefined;
  readonly run: QueuedEvent['run'];
  /** How often the function ran. */
  readonly attempts: number;
  /** Of the last run; undefined when there was none. */
  readonly outcome: RunOutcome | undefined;
};

type Letter = {
  readonly destinationArn: string;
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
};

/** Tells destinations and dead-letter queues what became of the events of asynchronous invocations. */
export class AsyncResults {
  readonly #options: AsyncResultsOptions;
  readonly #closing = new AbortController();

  constructor(options: AsyncResultsOptions) {
    this.#options = options;
  }

  /** Resolves when everyone has been told or will not be. The dead letter does not depend on the destination. */
  async tell(result: AsyncResult): Promise<void> {
    const { condition, target, config } = result;
    if (condition === 'Success') return this.#tellDestination(result, config?.onSuccess);
    await Promise.all([
      this.#tellDestination(result, config?.onFailure),
      this.#bury(result, target.version.deadLetterArn),
    ]);
  }

  close(): void {
    this.#closing.abort();
  }

  async #tellDestination(result: AsyncResult, destinationArn: string | undefined): Promise<void> {
    if (destinationArn === undefined) return;
    const body = JSON.stringify(invocationRecord(result, this.#options.clock.now()));
    await this.#send(result.target, { destinationArn, body }, 'DestinationDeliveryFailures');
  }

  async #bury({ target, run, outcome }: AsyncResult, destinationArn: string | undefined): Promise<void> {
    if (destinationArn === undefined) return;
    const attributes = {
      RequestID: run.requestId,
      ErrorCode: 200,
      ErrorMessage: errorMessage(outcome).slice(0, 1024),
    };
    await this.#send(target, { destinationArn, body: run.payload, attributes }, 'DeadLetterErrors');
  }

  /** A refusal is the user's to mend, a missing permission most often: on AWS too a metric is all that shows it. */
  async #send(target: Target, letter: Letter, failure: AsyncMetric): Promise<void> {
    const { clock, deliver, metrics } = this.#options;
    const { role, functionName } = target.version;
    const isSent = await deliverWithRetries(
      { clock, deliver, signal: this.#closing.signal },
      { ...letter, principal: () => rolePrincipal(role, functionName) },
    );
    if (!isSent) metrics.event(target, failure, 1, clock.now());
  }
}

function invocationRecord({ condition, target, run, attempts, outcome }: AsyncResult, now: number): object {
  const { record, version, qualifier } = target;
  return {
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    requestContext: {
      requestId: run.requestId,
      functionArn: `${record.arn}:${qualifier ?? '$LATEST'}`,
      condition,
      approximateInvokeCount: attempts,
    },
    requestPayload: readJson(run.payload),
    ...(outcome === undefined
      ? {}
      : {
          responseContext: {
            statusCode: outcome.statusCode,
            executedVersion: version.version,
            ...(outcome.functionError === undefined ? {} : { functionError: outcome.functionError }),
          },
          responsePayload: readJson(outcome.payload),
        }),
  };
}

function readJson(text: string): unknown {
  return JSON.parse(text);
}

function errorMessage(outcome: RunOutcome | undefined): string {
  const payload: unknown = outcome === undefined ? undefined : readJson(outcome.payload);
  const message =
    typeof payload === 'object' && payload !== null && 'errorMessage' in payload ? payload.errorMessage : '';
  return String(message);
}
