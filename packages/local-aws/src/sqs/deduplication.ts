import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import { type Link, LinkedList } from '../core/linked-list.ts';
import { NameIndex } from '../core/name-index.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import type { MessageContent } from './message.ts';
import { isFifo, type QueueAttributes } from './queue-attributes.ts';

const windowMs = 5 * 60_000;

/** What SQS and SNS answer to a message, and to each of its duplicates. */
export type Accepted = { readonly id: string; readonly sequenceNumber?: string | undefined };

const acceptedSchema = z.object({
  message: z.object({ id: z.string(), sequenceNumber: z.string().optional() }),
  at: z.number(),
});
type Remembered = z.infer<typeof acceptedSchema>;
type Entry = Remembered & { readonly key: string };

/** Remembers for five minutes which messages have been accepted, by keys that tell queues and topics apart. */
export class Deduplication {
  readonly #clock: Clock;
  readonly #kept: Collection<Remembered>;
  readonly #accepted = new NameIndex<Link<Entry>>();
  /** In the order in which they were accepted. */
  readonly #byAge = new LinkedList<Entry>();

  constructor(clock: Clock, state: StateStore, name: string) {
    this.#clock = clock;
    this.#kept = state.collection(name, acceptedSchema);
    const kept = [...this.#kept.entries()].sort(([, left], [, right]) => left.at - right.at);
    for (const [key, accepted] of kept) this.#add(key, accepted);
  }

  /** The message that was accepted under this key, if that is less than five minutes ago. */
  find(key: string): Accepted | undefined {
    this.#forgetOld();
    return this.#accepted.get(key)?.value.message;
  }

  remember(key: string, { id, sequenceNumber }: Accepted): void {
    const accepted = { message: { id, sequenceNumber }, at: this.#clock.now() };
    this.#add(key, accepted);
    this.#kept.put(key, accepted);
  }

  /** Forgets the messages whose keys begin with `prefix`: those of a queue or topic. */
  forget(prefix = ''): void {
    for (const [key] of [...this.#accepted.entries(prefix)]) this.#remove(key);
  }

  #forgetOld(): void {
    for (const { key, at } of this.#byAge) {
      if (this.#clock.now() - at < windowMs) return;
      this.#remove(key);
    }
  }

  #add(key: string, accepted: Remembered): void {
    this.#unlink(key);
    this.#accepted.set(key, this.#byAge.add({ key, ...accepted }));
  }

  #remove(key: string): void {
    this.#unlink(key);
    this.#kept.delete(key);
  }

  #unlink(key: string): void {
    const link = this.#accepted.get(key);
    if (link !== undefined) this.#byAge.remove(link);
    this.#accepted.delete(key);
  }
}

/** What a queue tells duplicates by: by group where its scope says so; undefined where it lets them pass. */
export function deduplicationKey(
  attributes: QueueAttributes,
  { deduplicationId, groupId }: MessageContent,
): string | undefined {
  if (!isFifo(attributes) || deduplicationId === undefined) return undefined;
  return attributes.DeduplicationScope === 'messageGroup' ? `${groupId}\n${deduplicationId}` : deduplicationId;
}
