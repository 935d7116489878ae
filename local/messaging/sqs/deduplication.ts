import * as z from 'zod';
import type { Clock } from '../../core/clock.ts';
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

/** Remembers for five minutes which messages have been accepted. */
export class Deduplication {
  readonly #clock: Clock;
  /** In the order in which they were accepted. */
  readonly #accepted = new Map<string, { readonly message: Accepted; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The message that was accepted under this key, if that is less than five minutes ago. */
  find(key: string): Accepted | undefined {
    this.#forgetOld();
    return this.#accepted.get(key)?.message;
  }

  remember(key: string, { id, sequenceNumber }: Accepted): void {
    this.#accepted.set(key, { message: { id, sequenceNumber }, at: this.#clock.now() });
  }

  kept(): KeptDeduplication {
    this.#forgetOld();
    return [...this.#accepted].map(([key, { message, at }]) => ({ key, ...message, at }));
  }

  restore(kept: KeptDeduplication): void {
    for (const { key, at, ...message } of kept) this.#accepted.set(key, { message, at });
  }

  #forgetOld(): void {
    for (const [key, { at }] of this.#accepted) {
      if (this.#clock.now() - at < windowMs) return;
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
