import * as z from 'zod';
import { orderedKey } from '../core/ordered-key.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { attributeSchema } from './message.ts';

export const messageSchema = z.object({
  message: z.object({
    id: z.string(),
    body: z.string(),
    attributes: z.record(z.string(), attributeSchema),
    senderId: z.string(),
    traceHeader: z.string().optional(),
    groupId: z.string().optional(),
    deduplicationId: z.string().optional(),
    md5OfBody: z.string(),
    sentAt: z.number(),
    sequenceNumber: z.string().optional(),
    deadLetterSourceArn: z.string().optional(),
  }),
  /** Grows with every message of the queue. */
  position: z.number(),
  receiveCount: z.number(),
  receivedHere: z.number(),
  firstReceivedAt: z.number().optional(),
  isInFlight: z.boolean(),
  visibleAt: z.number().optional(),
});
/** A message on its way through a queue, as it is kept over a restart. */
export type KeptMessage = z.infer<typeof messageSchema>;

const queueSchema = z.object({
  identity: z.object({ name: z.string(), arn: z.string(), createdAt: z.number() }),
  attributes: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
});
/** A queue without its messages, as it is kept over a restart. */
export type KeptQueue = z.infer<typeof queueSchema>;

/** Queues and their messages as records, so that what a call costs does not depend on how many messages there are. */
export class KeptQueues {
  readonly #queues: Collection<KeptQueue>;
  readonly #messages: Collection<KeptMessage>;
  /** The number of the last message of a FIFO queue, by the queue's name. */
  readonly #sequences: Collection<number>;

  constructor(state: StateStore) {
    this.#queues = state.collection('sqs/queues', queueSchema);
    this.#messages = state.collection('sqs/messages', messageSchema);
    this.#sequences = state.collection('sqs/sequences', z.number());
  }

  /** Messages by the name of their queue, oldest first. */
  load(): {
    readonly queues: readonly KeptQueue[];
    readonly messages: ReadonlyMap<string, readonly KeptMessage[]>;
    readonly sequences: ReadonlyMap<string, number>;
  } {
    const messages = new Map<string, KeptMessage[]>();
    for (const [key, message] of this.#messages.entries()) {
      const [name = ''] = key.split('\n');
      const others = messages.get(name);
      if (others === undefined) messages.set(name, [message]);
      else others.push(message);
    }
    return {
      queues: [...this.#queues.entries()].map(([, queue]) => queue),
      messages,
      sequences: new Map(this.#sequences.entries()),
    };
  }

  put(queue: KeptQueue): void {
    this.#queues.put(queue.identity.name, queue);
  }

  /** Without its messages. */
  delete(name: string): void {
    this.#queues.delete(name);
    this.#sequences.delete(name);
  }

  putMessage(queueName: string, message: KeptMessage): void {
    this.#messages.put(keyOf(queueName, message), message);
  }

  deleteMessage(queueName: string, message: Pick<KeptMessage, 'position'>): void {
    this.#messages.delete(keyOf(queueName, message));
  }

  putSequence(queueName: string, sequence: number): void {
    this.#sequences.put(queueName, sequence);
  }
}

function keyOf(queueName: string, { position }: Pick<KeptMessage, 'position'>): string {
  return `${queueName}\n${orderedKey(position)}`;
}
