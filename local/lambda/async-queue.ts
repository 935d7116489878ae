import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock, Timer } from '../core/clock.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import type { InvokeResult } from '../core/lambda-invoker.ts';
import { type AsyncResult, AsyncResults } from './async-results.ts';
import type { AsyncMetric, FunctionMetrics } from './function-metrics.ts';
import type { EventInvokeConfig } from './function-record.ts';
import type { FunctionStore, Target } from './function-store.ts';
import type { Run, RunFunction } from './invoke-function.ts';
import { policyKey } from './resource-policy.ts';

export type AsyncQueueOptions = {
  readonly clock: Clock;
  readonly functions: FunctionStore;
  readonly run: RunFunction;
  readonly metrics: FunctionMetrics;
  readonly deliver: DeliverMessage;
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
 * throttled one until it is too old, then tells the destination and the dead-letter queue.
 */
export class AsyncQueue {
  readonly #options: AsyncQueueOptions;
  readonly #results: AsyncResults;
  readonly #timers = new Set<Timer>();
  #isClosed = false;

  constructor(options: AsyncQueueOptions) {
    this.#options = options;
    this.#results = new AsyncResults(options);
  }

  add(target: Target, run: Run): void {
    const { record, qualifier } = target;
    this.#count(target, 'AsyncEventsReceived');
    this.#later(
      { name: record.name, qualifier, run, acceptedAt: this.#options.clock.now(), attempts: 0, throttles: 0 },
      0,
    );
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#results.close();
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
    this.#count(target, 'AsyncEventAge', this.#options.clock.now() - event.acceptedAt);
    const outcome = await this.#run(target, event);
    if (this.#isClosed) return;

    if (outcome === 'throttled') {
      // A function that may never run gets no retries.
      if (target.record.reservedConcurrency === 0) return this.#finish(event, target, 'EventAgeExceeded');
      event.throttles += 1;
      return this.#retry(event, target, Math.min(1000 * 2 ** (event.throttles - 1), maxThrottleDelayMs));
    }
    event.attempts += 1;
    if (outcome.functionError === undefined) return this.#finish(event, target, 'Success', outcome);
    const delay = retryDelaysMs[event.attempts - 1];
    if (delay === undefined || event.attempts > (configOf(target)?.maximumRetryAttempts ?? 2)) {
      return this.#finish(event, target, 'RetriesExhausted', outcome);
    }
    return this.#retry(event, target, delay, outcome);
  }

  async #run(target: Target, { run }: QueuedEvent): Promise<InvokeResult | 'throttled'> {
    try {
      return await this.#options.run(target, run);
    } catch (error) {
      if (error instanceof AwsError) return 'throttled';
      throw error;
    }
  }

  async #retry(event: QueuedEvent, target: Target, delay: number, outcome?: InvokeResult): Promise<void> {
    const maxAgeMs = (configOf(target)?.maximumEventAge ?? defaultMaxEventAge) * 1000;
    const isTooLate = this.#options.clock.now() + delay - event.acceptedAt > maxAgeMs;
    if (isTooLate) await this.#finish(event, target, 'EventAgeExceeded', outcome);
    else this.#later(event, delay);
  }

  async #finish(
    { run, attempts }: QueuedEvent,
    target: Target,
    condition: AsyncResult['condition'],
    outcome?: InvokeResult,
  ): Promise<void> {
    if (condition !== 'Success') this.#count(target, 'AsyncEventsDropped');
    await this.#results.tell({ condition, target, config: configOf(target), run, attempts, outcome });
  }

  #count(target: Target, metric: AsyncMetric, value = 1): void {
    this.#options.metrics.event(target, metric, value, this.#options.clock.now());
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

function configOf({ record, qualifier }: Target): EventInvokeConfig | undefined {
  return record.eventInvoke[policyKey(qualifier)];
}
