import * as z from 'zod';
import type { StateStore } from '../core/state-store.ts';

const documentSchema = z.record(
  z.string(),
  z.object({
    startedAt: z.number(),
    shards: z.record(
      z.string(),
      z.object({ sequenceNumber: z.string().optional(), isFinished: z.boolean().optional() }),
    ),
  }),
);
type Document = z.infer<typeof documentSchema>;

/** How far one consumer of a stream has come. */
export type Checkpoints = {
  /** When this consumer first started, in epoch milliseconds; undefined before `start`. */
  readonly startedAt: number | undefined;
  start(now: number): void;
  /** The last record of a shard up to which all are dealt with. */
  last(shardId: string): string | undefined;
  advance(shardId: string, sequenceNumber: string): void;
  isFinished(shardId: string): boolean;
  finish(shardId: string): void;
};

/** Keeps the checkpoints of all consumers of one kind in one document. */
export class CheckpointStore {
  readonly #state: StateStore;
  readonly #name: string;
  readonly #consumers: Map<string, Document[string]>;

  constructor(state: StateStore, name: string) {
    this.#state = state;
    this.#name = name;
    this.#consumers = new Map(Object.entries(documentSchema.parse(state.read(name) ?? {})));
  }

  of(consumer: string): Checkpoints {
    const found = (): Document[string] | undefined => this.#consumers.get(consumer);
    const shard = (id: string): Document[string]['shards'][string] => {
      const shards = found()?.shards ?? {};
      return shards[id] ?? {};
    };
    const set = (id: string, change: Document[string]['shards'][string]): void => {
      const shards = found()?.shards;
      if (shards === undefined) return;
      shards[id] = { ...shards[id], ...change };
      this.#changed();
    };
    return {
      get startedAt() {
        return found()?.startedAt;
      },
      start: (now) => {
        this.#consumers.set(consumer, { startedAt: now, shards: {} });
        this.#changed();
      },
      last: (id) => shard(id).sequenceNumber,
      advance: (id, sequenceNumber) => set(id, { sequenceNumber }),
      isFinished: (id) => shard(id).isFinished ?? false,
      finish: (id) => set(id, { isFinished: true }),
    };
  }

  forget(consumer: string): void {
    if (this.#consumers.delete(consumer)) this.#changed();
  }

  #changed(): void {
    this.#state.changed(this.#name, () => JSON.parse(JSON.stringify(Object.fromEntries(this.#consumers))));
  }
}
