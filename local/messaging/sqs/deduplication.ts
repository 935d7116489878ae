import * as z from 'zod';
import type { Clock } from '../../core/clock.ts';
import { type Link, LinkedList } from '../../core/linked-list.ts';
import type { MessageContent } from './message.ts';
import { isFifo, type QueueAttributes } from './queue-attributes.ts';

const windowMs = 5 * 60_000;

/** What SQS and SNS answer to a message, and to each of its duplicates. */
export type Accepted = { readonly id: string; readonly sequenceNumber?: string | undefined };

/** Deduplication ids as they are kept over a restart. */
export const keptDeduplication = z.array(
  z.object({ key: z.string(), id: z.string(), sequenceNumber: z.string().optional(), at: z.number() }),
);
export type KeptDeduplication = z.infer<typeof keptDeduplication>;

type Remembered = { readonly key: string; readonly message: Accepted; readonly at: number };

/** Remembers for five minutes which messages have been accepted. */
export class Deduplication {
  readonly #clock: Clock;
  readonly #accepted = new Map<string, Link<Remembered>>();
  /** In the order in which they were accepted. */
  readonly #byAge = new LinkedList<Remembered>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The message that was accepted under this key, if that is less than five minutes ago. */
  find(key: string): Accepted | undefined {
    this.#forgetOld();
    return this.#accepted.get(key)?.value.message;
  }

  remember(key: string, { id, sequenceNumber }: Accepted): void {
    this.#add({ key, message: { id, sequenceNumber }, at: this.#clock.now() });
  }

  kept(): KeptDeduplication {
    this.#forgetOld();
    return [...this.#byAge].map(({ key, message, at }) => ({ key, ...message, at }));
  }

  restore(kept: KeptDeduplication): void {
    for (const { key, at, ...message } of kept) this.#add({ key, message, at });
  }

  #add(remembered: Remembered): void {
    const { key } = remembered;
    const earlier = this.#accepted.get(key);
    if (earlier !== undefined) this.#byAge.remove(earlier);
    this.#accepted.set(key, this.#byAge.add(remembered));
  }

  #forgetOld(): void {
    for (const { key, at } of this.#byAge) {
      if (this.#clock.now() - at < windowMs) return;
      const link = this.#accepted.get(key);
      if (link !== undefined) this.#byAge.remove(link);
      this.#accepted.delete(key);
    }
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
