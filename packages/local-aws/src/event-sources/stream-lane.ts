import type { Clock } from '../core/clock.ts';
import { Signal } from '../core/signal.ts';
import type { StreamRecord } from './stream-records.ts';

export type LaneOptions = {
  readonly clock: Clock;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly process: (batch: readonly StreamRecord[]) => Promise<void>;
};

/** Records of a shard in order, processed batch after batch. A shard has one lane for each batch it may have in flight. */
export class StreamLane {
  readonly #options: LaneOptions;
  readonly #changed = new Signal();
  #records: StreamRecord[] = [];
  #isEnded = false;
  /** Resolves when all records are processed after `end`, or the batch in flight is after `stop`. */
  readonly finished: Promise<void>;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.finished = this.#run();
  }

  add(record: StreamRecord): void {
    this.#records.push(record);
    this.#changed.notify();
  }

  /** No more records will come. */
  end(): void {
    this.#isEnded = true;
    this.#changed.notify();
  }

  stop(): void {
    this.#records = [];
    this.end();
  }

  async #run(): Promise<void> {
    for (;;) {
      while (this.#records.length === 0) {
        if (this.#isEnded) return;
        await this.#changed.wait();
      }
      await this.#fill();
      const batch = this.#records.splice(0, this.#options.batchSize);
      if (batch.length > 0) await this.#options.process(batch);
    }
  }

  /** Waits until there is a full batch or the batching window ends. */
  async #fill(): Promise<void> {
    const { clock, batchSize, windowSeconds } = this.#options;
    const deadline = clock.now() + windowSeconds * 1000;
    while (this.#records.length < batchSize && clock.now() < deadline && !this.#isEnded) {
      await this.#changed.wait(clock, deadline - clock.now());
    }
  }
}
