import type * as z from 'zod';
import { backOff } from '../core/back-off.ts';
import type { Clock, Timer } from '../core/clock.ts';
import type { Observer, Span, SpanStart } from '../core/observer.ts';
import { counted, type PendingWork } from '../core/pending-work.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { asAwsError, type Delivery, type DeliveryFailure, isPermanent } from './delivery.ts';
import { defaultRetryPolicy } from './retry-policy.ts';

export type DeliveryQueueOptions<D extends Delivery> = {
  readonly clock: Clock;
  readonly state: StateStore;
  readonly observer: Observer;
  /** Of the records that are kept. */
  readonly name: string;
  readonly schema: z.ZodType<D>;
  readonly describe: (delivery: D) => SpanStart;
  /** Resolves once functions can reach the endpoint: nothing is delivered before. */
  readonly opened: Promise<void>;
  /** @throws AwsError when the target does not take it */
  readonly send: (delivery: D, span: Span) => Promise<void>;
  /** Called once with every delivery that failed for good. */
  readonly giveUp: (delivery: D, failure: DeliveryFailure) => Promise<void>;
  readonly onDelivered: (delivery: D) => void;
  readonly onError: (error: unknown) => void;
};

/** AWS names neither: 185 attempts within 24 hours are about eight minutes apart. */
const [firstDelayMs, lastDelayMs] = [1000, 480_000];

/**
 * Delivers to targets, at once or at a given time, and again after failures that can pass, as long as the retry policy
 * of the target allows. Deliveries are kept, so that a restart repeats what it interrupted.
 */
export class DeliveryQueue<D extends Delivery> {
  readonly #options: DeliveryQueueOptions<D>;
  readonly #kept: Collection<D>;
  /** By id, with the timer of the next attempt unless one runs. */
  readonly #pending = new Map<string, { readonly delivery: D; readonly timer: Timer | undefined }>();
  #isClosed = false;

  constructor(options: DeliveryQueueOptions<D>) {
    this.#options = options;
    this.#kept = options.state.collection(options.name, options.schema);
  }

  add(delivery: D): void {
    this.#kept.put(delivery.id, delivery);
    this.#plan(delivery);
  }

  /** Takes up the deliveries that a restart interrupted. */
  resume(): void {
    for (const [, delivery] of this.#kept.entries()) this.#plan(delivery);
  }

  /** The deliveries that are not finished. */
  pending(): readonly PendingWork[] {
    const now = this.#options.clock.now();
    return [...this.#pending.values()].map(({ delivery: { targetArn, attempts, dueAt } }) => ({
      kind: 'delivery',
      name: targetArn,
      reason: `${counted(attempts, 'attempt')} made, ${dueAt > now ? `next in ${Math.ceil((dueAt - now) / 1000)} s` : 'running'}`,
    }));
  }

  /** Drops the deliveries that are not finished. */
  reset(): void {
    for (const { delivery } of this.#pending.values()) this.#forget(delivery);
  }

  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#pending.values()) timer?.cancel();
  }

  #plan(delivery: D): void {
    const { clock } = this.#options;
    const delay = delivery.dueAt - clock.now();
    // A timer of its own, so that the attempt is a part of the trace in which it was planned.
    const timer = delay > 0 ? clock.schedule(() => this.#start(delivery), delay) : undefined;
    this.#pending.set(delivery.id, { delivery, timer });
    if (timer === undefined) this.#start(delivery);
  }

  #start(delivery: D): void {
    this.#attempt(delivery).catch(this.#options.onError);
  }

  async #attempt(delivery: D): Promise<void> {
    const { observer, describe, send, opened, onDelivered } = this.#options;
    await opened;
    if (!this.#isOpen(delivery)) return;
    try {
      const attempt = delivery.attempts + 1;
      const start = (): SpanStart => ({ ...describe(delivery), attempt, traceHeader: delivery.traceHeader });
      await observer.span(start, (span) => send(delivery, span));
    } catch (error) {
      if (this.#isOpen(delivery)) await this.#failed({ ...delivery, attempts: delivery.attempts + 1 }, error);
      return;
    }
    if (!this.#isOpen(delivery)) return;
    this.#forget(delivery);
    onDelivered(delivery);
  }

  async #failed(delivery: D, cause: unknown): Promise<void> {
    const error = asAwsError(cause);
    const { retryPolicy, acceptedAt, attempts } = delivery;
    const maxAttempts = retryPolicy?.MaximumRetryAttempts ?? defaultRetryPolicy.MaximumRetryAttempts;
    const maxAge = retryPolicy?.MaximumEventAgeInSeconds ?? defaultRetryPolicy.MaximumEventAgeInSeconds;
    const dueAt = this.#options.clock.now() + backOff(attempts - 1, firstDelayMs, lastDelayMs);
    if (isPermanent(error)) return this.#giveUp(delivery, { error, exhausted: undefined });
    if (attempts > maxAttempts) {
      return this.#giveUp(delivery, { error, exhausted: 'MaximumRetryAttempts' });
    }
    if (dueAt - acceptedAt > maxAge * 1000) {
      return this.#giveUp(delivery, { error, exhausted: 'MaximumEventAgeInSeconds' });
    }
    this.add({ ...delivery, dueAt });
  }

  async #giveUp(delivery: D, failure: DeliveryFailure): Promise<void> {
    await this.#options.giveUp(delivery, failure);
    // Given up only in part when the endpoint closes in between: the next start tries once more.
    if (this.#isOpen(delivery)) this.#forget(delivery);
  }

  #isOpen({ id }: D): boolean {
    return !this.#isClosed && this.#pending.has(id);
  }

  #forget({ id }: D): void {
    this.#pending.get(id)?.timer?.cancel();
    this.#pending.delete(id);
    this.#kept.delete(id);
  }
}
