import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { rolePrincipal } from '../core/credentials.ts';
import type { InvokeResult } from '../core/lambda-invoker.ts';
import type { Principal } from '../core/principal.ts';
import type { EventInvokeConfig } from './function-record.ts';
import type { FunctionStore, Target } from './function-store.ts';
import type { Run, RunFunction } from './invoke-function.ts';
import { policyKey } from './resource-policy.ts';

/** A message for the queue or topic that a failed or finished asynchronous invocation goes to. */
export type Delivery = {
  readonly destinationArn: string;
  readonly body: string;
  /** String message attributes; dead letters carry RequestID, ErrorCode and ErrorMessage. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The function's role. */
  readonly principal: Principal;
};
export type Deliver = (delivery: Delivery) => Promise<void>;

export type AsyncQueueOptions = {
  readonly clock: Clock;
  readonly functions: FunctionStore;
  readonly run: RunFunction;
  readonly deliver: Deliver;
  readonly onError: (error: unknown) => void;
};

type QueuedEvent = {
  readonly name: string;
  readonly qualifier: string | undefined;
  readonly run: Run;
  readonly acceptedAt: number;
  attempts: number;
  throttles: number;
};

const retryDelaysMs = [60_000, 120_000];
const maxThrottleDelayMs = 300_000;
const defaultMaxEventAge = 6 * 60 * 60;

/**
 * The queue behind `InvocationType: Event`: runs at once, retries a failed event after one and two minutes and a
 * throttled one until it is too old, then tells the destination or the dead-letter queue.
 */
export class AsyncQueue {
  readonly #options: AsyncQueueOptions;
  readonly #timers = new Set<Timer>();
  #isClosed = false;

  constructor(options: AsyncQueueOptions) {
    this.#options = options;
  }

  add({ record, qualifier }: Target, run: Run): void {
    this.#later(
      { name: record.name, qualifier, run, acceptedAt: this.#options.clock.now(), attempts: 0, throttles: 0 },
      0,
    );
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #later(event: QueuedEvent, delay: number): void {
    if (delay === 0) {
      this.#attempt(event).catch(this.#options.onError);
      return;
    }
    const timer = this.#options.clock.schedule(() => {
      this.#timers.delete(timer);
      this.#attempt(event).catch(this.#options.onError);
    }, delay);
    this.#timers.add(timer);
  }

  async #attempt(event: QueuedEvent): Promise<void> {
    const target = this.#find(event);
    if (target === undefined || this.#isClosed) return;
    const config = target.record.eventInvoke[policyKey(event.qualifier)];
    const outcome = await this.#run(target, event);
    if (this.#isClosed) return;

    if (outcome === 'throttled') {
      // A function that may never run gets no retries.
      if (target.record.reservedConcurrency === 0) return this.#fail(event, target, config, 'EventAgeExceeded');
      event.throttles += 1;
      this.#retry(event, target, config, Math.min(1000 * 2 ** (event.throttles - 1), maxThrottleDelayMs));
      return;
    }
    event.attempts += 1;
    if (outcome.functionError === undefined) return this.#succeed(event, target, config, outcome);
    const delay = retryDelaysMs[event.attempts - 1];
    if (event.attempts > (config?.maximumRetryAttempts ?? 2) || delay === undefined) {
      return this.#fail(event, target, config, 'RetriesExhausted', outcome);
    }
    this.#retry(event, target, config, delay, outcome);
  }

  async #run(target: Target, { run }: QueuedEvent): Promise<InvokeResult | 'throttled'> {
    try {
      return await this.#options.run(target, run);
    } catch (error) {
      if (error instanceof AwsError) return 'throttled';
      throw error;
    }
  }

  #retry(
    event: QueuedEvent,
    target: Target,
    config: EventInvokeConfig | undefined,
    delay: number,
    outcome?: InvokeResult,
  ): void {
    const maxAgeMs = (config?.maximumEventAge ?? defaultMaxEventAge) * 1000;
    if (this.#options.clock.now() + delay - event.acceptedAt > maxAgeMs) {
      this.#fail(event, target, config, 'EventAgeExceeded', outcome).catch(this.#options.onError);
      return;
    }
    this.#later(event, delay);
  }

  async #succeed(
    event: QueuedEvent,
    target: Target,
    config: EventInvokeConfig | undefined,
    outcome: InvokeResult,
  ): Promise<void> {
    if (config?.onSuccess === undefined) return;
    await this.#send(target, config.onSuccess, this.#record(event, target, 'Success', outcome), {});
  }

  async #fail(
    event: QueuedEvent,
    target: Target,
    config: EventInvokeConfig | undefined,
    condition: 'RetriesExhausted' | 'EventAgeExceeded',
    outcome?: InvokeResult,
  ): Promise<void> {
    if (config?.onFailure !== undefined) {
      await this.#send(target, config.onFailure, this.#record(event, target, condition, outcome), {});
    }
    const { deadLetterArn } = target.version;
    if (deadLetterArn === undefined) return;
    await this.#send(target, deadLetterArn, event.run.payload, {
      RequestID: event.run.requestId,
      ErrorCode: '200',
      ErrorMessage: errorMessage(outcome).slice(0, 1024),
    });
  }

  async #send(target: Target, destinationArn: string, body: string, attributes: Record<string, string>): Promise<void> {
    const { role, functionName } = target.version;
    const principal = rolePrincipal(role, functionName);
    await this.#options.deliver({ destinationArn, body, attributes, principal });
  }

  #record(event: QueuedEvent, { record, version }: Target, condition: string, outcome?: InvokeResult): string {
    return JSON.stringify({
      version: '1.0',
      timestamp: new Date(this.#options.clock.now()).toISOString(),
      requestContext: {
        requestId: event.run.requestId,
        functionArn: `${record.arn}:${event.qualifier ?? '$LATEST'}`,
        condition,
        approximateInvokeCount: event.attempts,
      },
      requestPayload: readJson(event.run.payload),
      ...(outcome === undefined
        ? {}
        : {
            responseContext: {
              statusCode: outcome.statusCode,
              executedVersion: version.version,
              ...(outcome.functionError === undefined ? {} : { functionError: outcome.functionError }),
            },
            responsePayload: readJson(outcome.payload.toString()),
          }),
    });
  }

  #find({ name, qualifier }: QueuedEvent): Target | undefined {
    const record = this.#options.functions.find(name);
    if (record === undefined) return undefined;
    const region = parseArn(record.arn)?.region ?? '';
    try {
      return this.#options.functions.resolve({ name, region, qualifier }, region);
    } catch {
      // The version or alias is gone, and its events with it.
      return undefined;
    }
  }
}

function readJson(text: string): unknown {
  return JSON.parse(text);
}

function errorMessage(outcome: InvokeResult | undefined): string {
  const payload: unknown = outcome === undefined ? undefined : readJson(outcome.payload.toString());
  const message =
    typeof payload === 'object' && payload !== null && 'errorMessage' in payload ? payload.errorMessage : '';
  return String(message);
}
