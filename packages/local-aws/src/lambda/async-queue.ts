import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock, Timer } from '../core/clock.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import type { InvokeResult } from '../core/lambda-invoker.ts';
import type { Observer, SpanStart } from '../core/observer.ts';
import { counted, type PendingWork } from '../core/pending-work.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { AsyncResults } from './async-results.ts';
import type { AsyncMetric, FunctionMetrics } from './function-metrics.ts';
import type { EventInvokeConfig } from './function-record.ts';
import type { FunctionStore, Target } from './function-store.ts';
import type { Run, RunFunction } from './invoke-function.ts';
import { type EventResult, type QueuedEvent, queuedEventSchema, type RunOutcome } from './queued-event.ts';
import { policyKey } from './resource-policy.ts';

export type AsyncQueueOptions = {
  readonly clock: Clock;
  readonly state: StateStore;
  readonly functions: FunctionStore;
  readonly run: RunFunction;
  readonly metrics: FunctionMetrics;
  readonly observer: Observer;
  readonly deliver: DeliverMessage;
  readonly onError: (error: unknown) => void;
};

const retryDelaysMs = [60_000, 120_000];
const maxThrottleDelayMs = 300_000;
const defaultMaxEventAge = 6 * 60 * 60;

/**
 * The queue behind `InvocationType: Event`: runs at once, retries a failed event after one and two minutes and a
 * throttled one until it is too old, then tells the destination and the dead-letter queue. Events are kept until then,
 * so that a restart repeats what it interrupted.
 */
export class AsyncQueue {
  readonly #options: AsyncQueueOptions;
  readonly #kept: Collection<QueuedEvent>;
  readonly #results: AsyncResults;
  readonly #timers = new Set<Timer>();
  /** Events that are not finished, by request id. */
  readonly #pending = new Map<string, QueuedEvent>();
  #isClosed = false;

  constructor(options: AsyncQueueOptions) {
    this.#options = options;
    this.#kept = options.state.collection('lambda/async-events', queuedEventSchema);
    this.#results = new AsyncResults(options);
  }

  /** @throws AwsError ServiceException while events cannot be kept */
  add(target: Target, run: Run): void {
    const { clock, state } = this.#options;
    if (state.failure !== undefined)
      throw new AwsError('ServiceException', state.failure.message, 503, { Type: 'Service' });
    const { record, qualifier } = target;
    this.#count(target, 'AsyncEventsReceived');
    const now = clock.now();
    const event = { name: record.name, qualifier, run, acceptedAt: now, attempts: 0, throttles: 0, dueAt: now };
    this.#keep(event);
    this.#later(event);
  }

  /** Takes up the events that a restart interrupted. */
  resume(): void {
    for (const [, event] of this.#kept.entries()) this.#later(event);
  }

  /** The events that are not finished. */
  pending(): readonly PendingWork[] {
    const now = this.#options.clock.now();
    return [...this.#pending.values()].map(({ name, attempts, throttles, dueAt, result }) => {
      const kind = 'invocation';
      if (result !== undefined) return { kind, name, reason: 'destinations not notified' };
      const next = dueAt > now ? `next attempt in ${Math.ceil((dueAt - now) / 1000)} s` : 'running';
      return {
        kind,
        name,
        reason: `asynchronous invocation: ${counted(attempts + throttles, 'attempt')} made, ${next}`,
      };
    });
  }

  /** Drops all events. An invocation that runs ends, and is neither retried nor told to a destination. */
  reset(): void {
    this.#cancelTimers();
    for (const event of this.#pending.values()) this.#forget(event);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimers();
    this.#results.close();
  }

  #cancelTimers(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #later(event: QueuedEvent): void {
    this.#pending.set(event.run.requestId, event);
    const delay = event.dueAt - this.#options.clock.now();
    if (delay <= 0) {
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
    if (this.#isClosed) return;
    const target = this.#find(event);
    if (target === undefined) return this.#forget(event);
    if (event.result !== undefined) return this.#tell(event, target, event.result);
    this.#count(target, 'AsyncEventAge', this.#options.clock.now() - event.acceptedAt);
    const outcome = await this.#run(target, event);
    if (this.#isClosed || !this.#pending.has(event.run.requestId)) return;

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

  #run(target: Target, { run, attempts }: QueuedEvent): Promise<RunOutcome | 'throttled'> {
    const { observer } = this.#options;
    const describe = (): SpanStart => ({
      kind: 'delivery',
      service: 'lambda',
      resource: target.record.name,
      operation: 'asynchronous event',
      attempt: attempts + 1,
      requestId: run.requestId,
      traceHeader: run.traceId,
      attributes: { mechanism: 'async' },
    });
    return observer.span(describe, async (span) => {
      try {
        const outcome = outcomeOf(await this.#options.run(target, { clientContext: undefined, ...run }));
        span.report({ status: outcome.functionError === undefined ? 'ok' : 'error' });
        return outcome;
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        span.report({ status: 'error', error: { type: error.code, message: error.message } });
        return 'throttled';
      }
    });
  }

  async #retry(event: QueuedEvent, target: Target, delay: number, outcome?: RunOutcome): Promise<void> {
    const maxAgeMs = (configOf(target)?.maximumEventAge ?? defaultMaxEventAge) * 1000;
    event.dueAt = this.#options.clock.now() + delay;
    if (event.dueAt - event.acceptedAt > maxAgeMs) return this.#finish(event, target, 'EventAgeExceeded', outcome);
    this.#keep(event);
    this.#later(event);
  }

  async #finish(
    event: QueuedEvent,
    target: Target,
    condition: EventResult['condition'],
    outcome?: RunOutcome,
  ): Promise<void> {
    if (condition !== 'Success') this.#count(target, 'AsyncEventsDropped');
    event.result = { condition, outcome };
    this.#keep(event);
    await this.#tell(event, target, event.result);
  }

  async #tell(event: QueuedEvent, target: Target, { condition, outcome }: EventResult): Promise<void> {
    const { run, attempts } = event;
    await this.#results.tell({ condition, target, config: configOf(target), run, attempts, outcome });
    // Told only in part when the endpoint closes in between: the next start tells again.
    if (!this.#isClosed) this.#forget(event);
  }

  #keep(event: QueuedEvent): void {
    this.#kept.put(event.run.requestId, event);
  }

  #forget({ run }: QueuedEvent): void {
    this.#pending.delete(run.requestId);
    this.#kept.delete(run.requestId);
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

function outcomeOf({ statusCode, functionError, payload }: InvokeResult): RunOutcome {
  return { statusCode, functionError, payload: payload.toString() };
}

function configOf({ record, qualifier }: Target): EventInvokeConfig | undefined {
  return record.eventInvoke[policyKey(qualifier)];
}
