import type { Poller } from './source.ts';

/** A consumer of a queue or a stream; it has no poller while it is disabled, stopped or paused. */
type Consumer = { poller: Poller | undefined };

/** Stops and resumes the pollers of all consumers of a service together. */
export class PollerSwitch<C extends Consumer> {
  readonly #consumers: () => Iterable<C>;
  #isPaused = false;
  #isClosed = false;

  constructor(consumers: () => Iterable<C>) {
    this.#consumers = consumers;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async pause(): Promise<void> {
    this.#isPaused = true;
    const consumers = [...this.#consumers()];
    await Promise.all(consumers.map(({ poller }) => poller?.stop()));
    for (const consumer of consumers) consumer.poller = undefined;
  }

  /** @param start starts the poller of a consumer that has none, if it is enabled */
  async resume(start: (consumer: C) => Promise<void>): Promise<void> {
    this.#isPaused = false;
    for (const consumer of this.#consumers()) {
      if (consumer.poller === undefined && !this.#isClosed) await start(consumer);
    }
  }

  /** Stops polling; batches in flight go on, messages that still come in stay in their queues. */
  close(): void {
    this.#isClosed = true;
    for (const { poller } of this.#consumers()) void poller?.stop();
  }
}
