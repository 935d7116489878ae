import * as z from 'zod';
import type { Collection, StateStore } from '../core/state-store.ts';

const consumerSchema = z.object({ startedAt: z.number() });
const shardSchema = z.object({ sequenceNumber: z.string().optional(), isFinished: z.boolean().optional() });
type Shard = z.infer<typeof shardSchema>;

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
  /** Leaves out the records up to this one, whatever the starting position. */
  skipTo(shardId: string, sequenceNumber: string, now: number): void;
};

/** Keeps the checkpoints of all consumers of one kind. */
export class CheckpointStore {
  readonly #keptConsumers: Collection<z.infer<typeof consumerSchema>>;
  readonly #keptShards: Collection<Shard>;
  readonly #consumers = new Map<string, { readonly startedAt: number; readonly shards: Map<string, Shard> }>();

  /** @param name of the kind, such as `pipes` */
  constructor(state: StateStore, name: string) {
    this.#keptConsumers = state.collection(`${name}/consumers`, consumerSchema);
    this.#keptShards = state.collection(`${name}/checkpoints`, shardSchema);
    for (const [consumer, { startedAt }] of this.#keptConsumers.entries()) {
      this.#consumers.set(consumer, { startedAt, shards: new Map() });
    }
    for (const [key, shard] of this.#keptShards.entries()) {
      const [consumer = '', id = ''] = key.split('\n');
      this.#consumers.get(consumer)?.shards.set(id, shard);
    }
  }

  of(consumer: string): Checkpoints {
    const find = (id: string): Shard | undefined => this.#consumers.get(consumer)?.shards.get(id);
    const change = (id: string, change: Shard): void => {
      const shards = this.#consumers.get(consumer)?.shards;
      if (shards === undefined) return;
      const shard = { ...shards.get(id), ...change };
      shards.set(id, shard);
      this.#keptShards.put(keyOf(consumer, id), shard);
    };
    const consumers = this.#consumers;
    const start = (startedAt: number): void => {
      this.forget(consumer);
      this.#consumers.set(consumer, { startedAt, shards: new Map() });
      this.#keptConsumers.put(consumer, { startedAt });
    };
    return {
      get startedAt() {
        return consumers.get(consumer)?.startedAt;
      },
      start,
      last: (id) => find(id)?.sequenceNumber,
      advance: (id, sequenceNumber) => change(id, { sequenceNumber }),
      isFinished: (id) => find(id)?.isFinished ?? false,
      finish: (id) => change(id, { isFinished: true }),
      skipTo: (id, sequenceNumber, now) => {
        if (!consumers.has(consumer)) start(now);
        change(id, { sequenceNumber });
      },
    };
  }

  /** The last record of each shard up to which all are dealt with. */
  list(consumer: string): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...(this.#consumers.get(consumer)?.shards ?? [])].flatMap(([id, { sequenceNumber }]) =>
        sequenceNumber === undefined ? [] : [[id, sequenceNumber]],
      ),
    );
  }

  forget(consumer: string): void {
    const known = this.#consumers.get(consumer);
    if (known === undefined) return;
    for (const id of known.shards.keys()) this.#keptShards.delete(keyOf(consumer, id));
    this.#consumers.delete(consumer);
    this.#keptConsumers.delete(consumer);
  }
}

/** Neither id has a line break. */
function keyOf(consumer: string, shardId: string): string {
  return `${consumer}\n${shardId}`;
}
