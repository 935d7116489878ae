import type { Clock } from '../core/clock.ts';
import type { Observer } from '../core/observer.ts';
import { type Accepted, type Deduplication, deduplicationKey } from './deduplication.ts';
import type { KeptMessage, KeptQueues } from './kept-queue.ts';
import { type Message, type MessageContent, newMessage } from './message.ts';
import { MessagePool } from './message-pool.ts';
import { isFifo, numberAttribute, type QueueAttributes, redrivePolicy } from './queue-attributes.ts';
import { type EntryState, QueueEntry } from './queue-entry.ts';
import { ReceiptHandle } from './receipt-handle.ts';
import { WaitingReceivers } from './waiting-receivers.ts';

const maxInFlight = { standard: 120_000, fifo: 20_000 } as const;

export type QueueIdentity = { readonly name: string; readonly arn: string; readonly createdAt: number };

/** CloudWatch measures a queue that has messages, or was used within this time. */
const inUseMs = 6 * 60 * 60 * 1000;

/** What a queue needs of the world around it. */
export type QueueContext = {
  readonly clock: Clock;
  readonly queueByArn: (arn: string) => Queue | undefined;
  /** Of all queues; keys begin with the name of the queue. */
  readonly deduplication: Deduplication;
  readonly kept: KeptQueues;
  readonly observer: Pick<Observer, 'sent' | 'moved'>;
};

export type ReceiveOptions = {
  readonly max: number;
  /** Seconds; the queue's own where undefined. */
  readonly visibilityTimeout: number | undefined;
};

export type Delivery = {
  readonly message: Message;
  readonly receiptHandle: string;
  readonly receiveCount: number;
  readonly firstReceivedAt: number;
};

/** One SQS queue, standard or FIFO. Nothing in it polls: messages come back and calls end by timers of the clock. */
export class Queue {
  readonly identity: QueueIdentity;
  readonly tags: Map<string, string>;
  readonly #context: QueueContext;
  readonly #messages: MessagePool;
  readonly #receivers: WaitingReceivers<ReceiveOptions, Delivery>;
  #attributes: QueueAttributes;
  #modifiedAt: number;
  #usedAt: number;
  #sequence = 0;
  #position = 0;
  #purgedAt = Number.NEGATIVE_INFINITY;

  constructor(
    identity: QueueIdentity,
    attributes: QueueAttributes,
    tags: Readonly<Record<string, string>>,
    context: QueueContext,
  ) {
    this.identity = identity;
    this.tags = new Map(Object.entries(tags));
    this.#attributes = attributes;
    this.#modifiedAt = identity.createdAt;
    this.#usedAt = context.clock.now();
    this.#context = context;
    this.#receivers = new WaitingReceivers(context.clock, (options) => this.#deliver(options));
    this.#messages = new MessagePool({
      clock: context.clock,
      isFifo: isFifo(attributes),
      onReady: () => this.#receivers.wake(),
      onRemove: (entry) => context.kept.deleteMessage(identity.name, entry),
    });
  }

  get attributes(): QueueAttributes {
    return this.#attributes;
  }

  get modifiedAt(): number {
    return this.#modifiedAt;
  }

  /** Notes a call of the API. */
  used(): void {
    this.#usedAt = this.#context.clock.now();
  }

  isInUse(): boolean {
    return this.#messages.size > 0 || this.#context.clock.now() - this.#usedAt < inUseMs;
  }

  get isFifo(): boolean {
    return isFifo(this.#attributes);
  }

  setAttributes(attributes: QueueAttributes): void {
    this.#attributes = attributes;
    this.#modifiedAt = this.#context.clock.now();
    this.keep();
  }

  /** Also drops what has been kept for longer than the retention period. */
  counts(): { readonly ready: number; readonly delayed: number; readonly inFlight: number } {
    for (const entry of this.#messages) {
      if (!this.#isTooOld(entry)) break;
      this.#messages.remove(entry);
    }
    return this.#messages.counts;
  }

  /**
   * Milliseconds, of the metric; 0 for an empty queue. A message that was received more than three times is passed over,
   * as it goes to the back of an AWS queue.
   */
  ageOfOldest(): number {
    this.counts();
    for (const { message, receiveCount } of this.#messages) {
      if (receiveCount <= 3) return this.#context.clock.now() - message.sentAt;
    }
    return 0;
  }

  /** Puts a message in, or tells the one that it is a duplicate of. */
  send(content: MessageContent, delaySeconds: number): Accepted {
    const { deduplication } = this.#context;
    const ownKey = deduplicationKey(this.#attributes, content);
    const key = ownKey === undefined ? undefined : `${this.#keyPrefix}${ownKey}`;
    const known = key === undefined ? undefined : deduplication.find(key);
    if (known !== undefined) return known;
    const message = this.#numbered(newMessage(content, this.#context.clock.now()));
    if (key !== undefined) deduplication.remember(key, message);
    // Before a waiting receiver gets it.
    this.#context.observer.sent(message.id);
    this.#add(new QueueEntry(message, this.#nextPosition()), delaySeconds * 1000);
    return message;
  }

  /** Takes over a message from another queue: from the one that gave up on it, or from a dead-letter queue. */
  accept(message: Message, receiveCount: number, firstReceivedAt: number | undefined): void {
    const entry = new QueueEntry(this.#numbered(message), this.#nextPosition());
    entry.receiveCount = receiveCount;
    entry.firstReceivedAt = firstReceivedAt;
    this.#add(entry, 0);
  }

  /** Waits up to `waitSeconds` while there is nothing to receive. */
  receive(options: ReceiveOptions, waitSeconds: number): Promise<Delivery[]> {
    const deliveries = this.#deliver(options);
    if (deliveries.length > 0 || waitSeconds === 0) return Promise.resolve(deliveries);
    return this.#receivers.wait(options, waitSeconds);
  }

  isOverLimit(): boolean {
    return this.#messages.counts.inFlight >= maxInFlight[this.isFifo ? 'fifo' : 'standard'];
  }

  /**
   * Deletes a message in any state: a handle stays good after its visibility timeout until the next receive. The handle
   * of a FIFO queue is good only as long as the message is in flight.
   *
   * @returns false if the handle has expired
   */
  delete(handle: ReceiptHandle): boolean {
    const entry = this.#received(handle);
    if (this.isFifo && entry?.state !== 'inFlight') return this.#messages.find(handle.messageId) === undefined;
    if (entry !== undefined) this.#messages.remove(entry);
    return true;
  }

  /**
   * Changes when a message in flight becomes visible. A message of a standard queue that is visible again stays so.
   *
   * @returns false if the message was deleted or received again, or if the handle of a FIFO queue has expired
   */
  changeVisibility(handle: ReceiptHandle, seconds: number): boolean {
    const entry = this.#received(handle);
    if (entry === undefined) return false;
    if (entry.state !== 'inFlight') return !this.isFifo;
    this.#messages.changeVisibility(entry, seconds * 1000);
    this.#keepMessage(entry);
    return true;
  }

  /** False when the last purge is less than a minute ago. */
  purge(): boolean {
    const now = this.#context.clock.now();
    if (now - this.#purgedAt < 60_000) return false;
    this.#purgedAt = now;
    this.clear();
    return true;
  }

  /** The oldest messages as they are: nothing is received, hidden or counted. */
  peek(max: number, state?: EntryState): QueueEntry[] {
    this.counts();
    const found: QueueEntry[] = [];
    for (const entry of this.#messages) {
      if (found.length >= max) break;
      if (state === undefined || entry.state === state) found.push(entry);
    }
    return found;
  }

  /** The messages as they are kept over a restart, oldest first. */
  save(): KeptMessage[] {
    return this.peek(Number.POSITIVE_INFINITY).map((entry) => entry.kept());
  }

  /** Puts saved messages into the empty queue. */
  putBack(messages: readonly KeptMessage[]): void {
    this.restore(messages, this.#sequence);
    for (const entry of this.#messages) this.#keepMessage(entry);
    this.#receivers.wake();
  }

  /** Takes out one message, in whatever state it is. */
  takeOut(messageId: string): Message | undefined {
    const entry = this.#messages.find(messageId);
    if (entry !== undefined) this.#messages.remove(entry);
    return entry?.message;
  }

  /** Deletes all messages, in flight or not. */
  clear(): void {
    this.#messages.clear();
  }

  /** Forgets messages, deduplication ids and the last purge, and ends the calls that wait: the queue is as it was made. */
  reset(): void {
    this.#receivers.close();
    this.clear();
    this.#context.deduplication.forget(this.#keyPrefix);
    this.#purgedAt = Number.NEGATIVE_INFINITY;
  }

  /** When the next hidden message becomes visible, in milliseconds since the epoch; undefined without one. */
  get nextReturn(): number | undefined {
    return this.#messages.nextReturn;
  }

  /** Takes messages out for a move task. */
  takeForMove(max: number): Message[] {
    const entries = this.#messages.take(max);
    for (const entry of entries) this.#messages.remove(entry, true);
    return entries.map(({ message }) => message);
  }

  /** Ends every call that waits, and every timer. */
  close(): void {
    this.#receivers.close();
    this.#messages.close();
  }

  /** To be called after a change of the queue's tags. */
  keep(): void {
    const { identity, attributes, tags } = this;
    this.#context.kept.put({ identity, attributes, tags: Object.fromEntries(tags) });
  }

  /** Takes out of the state what `close` leaves there. */
  forget(): void {
    const { kept, deduplication } = this.#context;
    const { name } = this.identity;
    for (const entry of this.#messages) kept.deleteMessage(name, entry);
    kept.delete(name);
    deduplication.forget(this.#keyPrefix);
  }

  /** @param sequence the number of the last message of a FIFO queue */
  restore(messages: readonly KeptMessage[], sequence: number): void {
    this.#sequence = sequence;
    for (const kept of messages) {
      const entry = QueueEntry.restored(kept);
      this.#position = Math.max(this.#position, kept.position);
      const left = Math.max(0, (kept.visibleAt ?? 0) - this.#context.clock.now());
      if (kept.isInFlight) this.#messages.addInFlight(entry, left);
      else this.#messages.add(entry, left);
    }
  }

  #add(entry: QueueEntry, delay: number): void {
    this.#messages.add(entry, delay);
    this.#keepMessage(entry);
  }

  #deliver({ max, visibilityTimeout }: ReceiveOptions): Delivery[] {
    const seconds = visibilityTimeout ?? numberAttribute(this.#attributes, 'VisibilityTimeout');
    const entries: QueueEntry[] = [];
    while (entries.length < max) {
      const taken = this.#messages.take(max - entries.length);
      if (taken.length === 0) break;
      for (const entry of taken) {
        if (this.#isTooOld(entry)) this.#messages.remove(entry, true);
        else if (!this.#giveUp(entry)) entries.push(entry);
      }
    }
    const deliveries = entries.map((entry) => this.#handOut(entry, seconds));
    // Only now, so that no call gets the same message twice.
    if (seconds === 0) for (const entry of entries) this.#messages.putBack(entry);
    for (const entry of entries) this.#keepMessage(entry);
    return deliveries;
  }

  #handOut(entry: QueueEntry, visibleAfterSeconds: number): Delivery {
    entry.receiveCount += 1;
    entry.receivedHere += 1;
    entry.firstReceivedAt ??= this.#context.clock.now();
    this.#messages.putInFlight(entry, visibleAfterSeconds * 1000);
    const { message, receiveCount, firstReceivedAt } = entry;
    const handle = new ReceiptHandle(this.identity.name, message.id, entry.receivedHere);
    return { message, receiveCount, firstReceivedAt, receiptHandle: handle.text };
  }

  /** Moves a message that was received too often to the dead-letter queue, which AWS does at the next receive. */
  #giveUp(entry: QueueEntry): boolean {
    const policy = redrivePolicy(this.#attributes);
    if (policy === undefined || entry.receivedHere < policy.maxReceiveCount) return false;
    const deadLetters = this.#context.queueByArn(policy.deadLetterTargetArn);
    if (deadLetters === undefined) return false;
    this.#messages.remove(entry, true);
    const message = { ...entry.message, deadLetterSourceArn: this.identity.arn };
    this.#context.observer.moved({
      mechanism: 'dead-letter',
      messageId: message.id,
      fromArn: this.identity.arn,
      toArn: deadLetters.identity.arn,
      receiveCount: entry.receiveCount,
    });
    deadLetters.accept(message, entry.receiveCount, entry.firstReceivedAt);
    return true;
  }

  #keepMessage(entry: QueueEntry): void {
    if (entry.state !== 'gone') this.#context.kept.putMessage(this.identity.name, entry.kept());
  }

  #received(handle: ReceiptHandle): QueueEntry | undefined {
    const entry = this.#messages.find(handle.messageId);
    return entry?.receivedHere === handle.receive ? entry : undefined;
  }

  #isTooOld({ message }: QueueEntry): boolean {
    const retention = numberAttribute(this.#attributes, 'MessageRetentionPeriod') * 1000;
    return this.#context.clock.now() - message.sentAt >= retention;
  }

  /** No name of a queue has a line break. */
  get #keyPrefix(): string {
    return `${this.identity.name}\n`;
  }

  #nextPosition(): number {
    this.#position += 1;
    return this.#position;
  }

  #numbered(message: Message): Message {
    if (!this.isFifo) return message;
    this.#sequence += 1;
    this.#context.kept.putSequence(this.identity.name, this.#sequence);
    return { ...message, sequenceNumber: String(this.#sequence).padStart(20, '0') };
  }
}
