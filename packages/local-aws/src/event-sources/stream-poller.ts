import { backOff } from '../core/back-off.ts';
import { Signal } from '../core/signal.ts';
import { ShardReader, type StreamSettings } from './shard-reader.ts';
import type { Poller } from './source.ts';

export type StreamPollerOptions = StreamSettings & { readonly startingPosition: 'LATEST' | 'TRIM_HORIZON' };

const firstBackOffMs = 250;
const lastBackOffMs = 10_000;
/** How soon to look again for the shards that follow one that ended. */
const discoverMs = 1000;

/** Consumes a table's stream: every shard after its parent, each from its checkpoint on. */
export class StreamPoller implements Poller {
  readonly #options: StreamPollerOptions;
  readonly #readers = new Map<string, ShardReader>();
  readonly #latest = new Map<string, string>();
  readonly #wake = new Signal();
  readonly #running: Promise<void>;
  readonly #ready = Promise.withResolvers<void>();
  #isStopped = false;

  constructor(options: StreamPollerOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Resolves when the starting position is fixed, or cannot be for now. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** There may be something to read. */
  nudge(): void {
    for (const reader of this.#readers.values()) reader.nudge();
  }

  pending(): string | undefined {
    if (this.#readers.size === 0) return 'shards not read yet';
    return [...this.#readers.values()].map((reader) => reader.pending()).find((work) => work !== undefined);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const reader of this.#readers.values()) reader.stop();
    this.#wake.notify();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, report } = this.#options;
    let problems = 0;
    while (!this.#isStopped) {
      let wait: number | undefined;
      try {
        await this.#discover();
        problems = 0;
        if (this.#readers.size === 0) wait = discoverMs;
      } catch (error) {
        report(`PROBLEM: ${error instanceof Error ? error.message : String(error)}`);
        wait = backOff(problems++, firstBackOffMs, lastBackOffMs);
      }
      this.#ready.resolve();
      if (this.#isStopped) break;
      await (wait === undefined ? this.#wake.wait() : this.#wake.wait(clock, wait));
    }
    await Promise.all([...this.#readers.values()].map(({ finished }) => finished));
  }

  /** Starts reading every shard that is open to this consumer and not read yet. */
  async #discover(): Promise<void> {
    const { stream, checkpoints, startingPosition, clock } = this.#options;
    const { shards, partitionKey } = await stream.describe();
    if (checkpoints.startedAt === undefined) {
      if (startingPosition === 'LATEST') {
        // All at once: shards that follow later are read from their beginning.
        for (const { id } of shards) this.#latest.set(id, await stream.iterator(id, { kind: 'LATEST' }));
      }
      checkpoints.start(clock.now());
    }
    const known = new Set(shards.map(({ id }) => id));
    for (const { id, parentId } of shards) {
      const isBlocked = parentId !== undefined && known.has(parentId) && !checkpoints.isFinished(parentId);
      if (this.#isStopped || isBlocked || checkpoints.isFinished(id) || this.#readers.has(id)) continue;
      this.#start(id, partitionKey);
    }
  }

  #start(shardId: string, partitionKey: string | undefined): void {
    const { checkpoints, startingPosition } = this.#options;
    const iterator = this.#latest.get(shardId);
    this.#latest.delete(shardId);
    // Without an iterator, as after a restart, LATEST is the time of the first start; streams tell time in seconds.
    const notBefore = startingPosition === 'LATEST' ? Math.floor((checkpoints.startedAt ?? 0) / 1000) * 1000 : 0;
    const reader = new ShardReader(this.#options, { shardId, iterator, notBefore, partitionKey });
    this.#readers.set(shardId, reader);
    void reader.finished.then(() => {
      if (this.#isStopped) return;
      this.#readers.delete(shardId);
      this.#wake.notify();
    });
  }
}
