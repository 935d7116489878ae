import { setTimeout as pause } from 'node:timers/promises';
import type { PendingWork } from '../core/pending-work.ts';
import type { Consumers } from '../event-sources/consumers.ts';

export type UnfinishedWorkPorts = {
  readonly consumers: readonly Consumers[];
  /** The messages of a queue; undefined when there are none. */
  readonly pendingIn: (queueArn: string) => PendingWork | undefined;
  /** The work of services besides the consumers. */
  readonly others: () => readonly PendingWork[];
};

/** How long to wait until the work that is left is looked at again. */
const pollMs = 5;

/** Knows which work the endpoint has not finished. Every hop hands work over before it ends, so that none is missed. */
export class UnfinishedWork {
  readonly #ports: UnfinishedWorkPorts;
  #isClosed = false;

  constructor(ports: UnfinishedWorkPorts) {
    this.#ports = ports;
  }

  /** Messages of queues that are polled, records of streams that are read, and the work of all other services. */
  pending(): readonly PendingWork[] {
    const { consumers, pendingIn, others } = this.#ports;
    const queues = new Set(consumers.flatMap((consumer) => consumer.queues()));
    return [
      ...[...queues].flatMap((queueArn) => pendingIn(queueArn) ?? []),
      ...consumers.flatMap((consumer) => consumer.pending()),
      ...others(),
    ];
  }

  /** Waits until no work is left, up to `waitMs`. Yields the work that is left then. */
  async settle(waitMs: number): Promise<readonly PendingWork[]> {
    const deadline = performance.now() + waitMs;
    let isConfirmed = false;
    this.#readStreams();
    for (;;) {
      const work = this.pending();
      if (work.length === 0) {
        if (isConfirmed) return work;
        // A write that named its table in an unusual way did not wake the consumers of its stream.
        isConfirmed = true;
        this.#readStreams();
      }
      if (performance.now() >= deadline || this.#isClosed) return work;
      await pause(pollMs);
    }
  }

  /** Ends all waits. */
  close(): void {
    this.#isClosed = true;
  }

  #readStreams(): void {
    for (const consumer of this.#ports.consumers) consumer.nudge();
  }
}
