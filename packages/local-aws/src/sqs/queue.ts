import { Agenda } from '../core/agenda.ts';
import type { Clock } from '../core/clock.ts';
import { LinkedList } from '../core/linked-list.ts';
import type { Observer } from '../core/observer.ts';
import { type Accepted, type Deduplication, deduplicationKey } from './deduplication.ts';
import type { KeptMessage, KeptQueues } from './kept-queue.ts';
import { type Message, type MessageContent, newMessage } from './message.ts';
import { FifoLine, type MessageLine, StandardLine } from './message-line.ts';
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
  readonly #line: MessageLine<QueueEntry>;
  readonly #entries = new Map<string, QueueEntry>();
  /** In the order in which they came in. */
  readonly #byAge = new LinkedList<QueueEntry>();
  /** Messages that are hidden, by when they become visible. */
  readonly #returns: Agenda<QueueEntry>;
  readonly #counts: Record<EntryState, number> = { ready: 0, delayed: 0, inFlight: 0, gone: 0 };
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
    this.#returns = new Agenda(context.clock, (entry) => this.#becomeVisible(entry));
    this.#receivers = new WaitingReceivers(context.clock, (options) => this.#deliver(options));
    this.#line = isFifo(attributes) ? new FifoLine() : new StandardLine();
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
    return this.#entries.size > 0 || this.#context.clock.now() - this.#usedAt < inUseMs;
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
  counts(): { ready: number; delayed: number; inFlight: number } {
    for (const entry of this.#byAge) {
      if (!this.#isTooOld(entry)) break;
      this.#remove(entry);
    }
    return this.#counts;
  }

  /**
   * Milliseconds, of the metric; 0 for an empty queue. A message that was received more than three times is passed over,
   * as it goes to the back of an AWS queue.
   */
  ageOfOldest(): number {
    this.counts();
    for (const { message, receiveCount } of this.#byAge) {
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
    return this.#counts.inFlight >= maxInFlight[this.isFifo ? 'fifo' : 'standard'];
  }

  /** Whatever state the message is in: a handle stays good after its visibility timeout until the next receive. */
  delete(handle: ReceiptHandle): void {
    const entry = this.#received(handle);
    if (entry !== undefined) this.#remove(entry);
  }

  /** False when the message is not in flight. */
  changeVisibility(handle: ReceiptHandle, seconds: number): boolean {
    const entry = this.#received(handle);
    if (entry === undefined || entry.state !== 'inFlight') return false;
    this.#cancelReturn(entry);
    if (seconds === 0) this.#putBack(entry);
    else this.#hideFor(entry, seconds * 1000);
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
    for (const entry of this.#byAge) {
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
    for (const entry of this.#entries.values()) this.#keepMessage(entry);
    this.#receivers.wake();
  }

  /** Takes out one message, in whatever state it is. */
  takeOut(messageId: string): Message | undefined {
    const entry = this.#entries.get(messageId);
    if (entry !== undefined) this.#remove(entry);
    return entry?.message;
  }

  /** Deletes all messages, in flight or not. */
  clear(): void {
    for (const entry of this.#entries.values()) this.#remove(entry);
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
    return this.#returns.nextDue;
  }

  /** Takes messages out for a move task. */
  takeForMove(max: number): Message[] {
    const entries = this.#line.take(max);
    for (const entry of entries) this.#remove(entry, true);
    return entries.map(({ message }) => message);
  }

  /** Ends every call that waits, and every timer. */
  close(): void {
    this.#receivers.close();
    this.#returns.close();
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
    for (const entry of this.#entries.values()) kept.deleteMessage(name, entry);
    kept.delete(name);
    deduplication.forget(this.#keyPrefix);
  }

  /** @param sequence the number of the last message of a FIFO queue */
  restore(messages: readonly KeptMessage[], sequence: number): void {
    this.#sequence = sequence;
    for (const kept of messages) {
      const entry = QueueEntry.restored(kept);
      const { id } = kept.message;
      this.#position = Math.max(this.#position, kept.position);
      const left = Math.max(0, (kept.visibleAt ?? 0) - this.#context.clock.now());
      if (kept.isInFlight) {
        this.#list(id, entry);
        this.#setState(entry, 'inFlight');
        this.#line.hold(entry);
        this.#hideFor(entry, left);
      } else {
        this.#enter(entry, left);
      }
    }
  }

  #add(entry: QueueEntry, delay: number): void {
    this.#enter(entry, delay);
    this.#keepMessage(entry);
  }

  #enter(entry: QueueEntry, delay: number): void {
    this.#list(entry.message.id, entry);
    if (delay > 0) {
      this.#setState(entry, 'delayed');
      this.#hideFor(entry, delay);
    } else {
      this.#line.add(entry);
      this.#receivers.wake();
    }
  }

  #list(id: string, entry: QueueEntry): void {
    this.#entries.set(id, entry);
    entry.age = this.#byAge.add(entry);
    this.#counts.ready += 1;
  }

  #deliver({ max, visibilityTimeout }: ReceiveOptions): Delivery[] {
    const seconds = visibilityTimeout ?? numberAttribute(this.#attributes, 'VisibilityTimeout');
    const entries: QueueEntry[] = [];
    while (entries.length < max) {
      const taken = this.#line.take(max - entries.length);
      if (taken.length === 0) break;
      for (const entry of taken) {
        if (this.#isTooOld(entry)) this.#remove(entry, true);
        else if (!this.#giveUp(entry)) entries.push(entry);
      }
    }
    const deliveries = entries.map((entry) => this.#handOut(entry, seconds));
    // Only now, so that no call gets the same message twice.
    if (seconds === 0) for (const entry of entries) this.#putBack(entry);
    for (const entry of entries) this.#keepMessage(entry);
    return deliveries;
  }

  #handOut(entry: QueueEntry, visibleAfterSeconds: number): Delivery {
    entry.receiveCount += 1;
    entry.receivedHere += 1;
    entry.firstReceivedAt ??= this.#context.clock.now();
    this.#setState(entry, 'inFlight');
    if (visibleAfterSeconds > 0) this.#hideFor(entry, visibleAfterSeconds * 1000);
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
    this.#remove(entry, true);
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

  #hideFor(entry: QueueEntry, milliseconds: number): void {
    entry.visibleAt = this.#context.clock.now() + milliseconds;
    // What is kept stays as it is: it tells when the message is visible again.
    entry.return = this.#returns.add(entry, entry.visibleAt);
  }

  #cancelReturn(entry: QueueEntry): void {
    if (entry.return !== undefined) this.#returns.cancel(entry.return);
    entry.return = undefined;
  }

  #becomeVisible(entry: QueueEntry): void {
    entry.return = undefined;
    if (entry.state === 'delayed') {
      this.#setState(entry, 'ready');
      this.#line.add(entry);
      this.#receivers.wake();
    } else {
      this.#putBack(entry);
    }
  }

  #putBack(entry: QueueEntry): void {
    this.#setState(entry, 'ready');
    entry.visibleAt = undefined;
    this.#line.putBack(entry);
    this.#receivers.wake();
  }

  /** `isTaken`: it is out of the line, although its state is still `ready`. */
  #remove(entry: QueueEntry, isTaken = false): void {
    const mayFreeGroup = isTaken || entry.state === 'inFlight';
    this.#cancelReturn(entry);
    this.#line.remove(entry);
    this.#setState(entry, 'gone');
    this.#entries.delete(entry.message.id);
    if (entry.age !== undefined) this.#byAge.remove(entry.age);
    if (mayFreeGroup) {
      this.#line.release(entry);
      this.#receivers.wake();
    }
    this.#context.kept.deleteMessage(this.identity.name, entry);
  }

  #keepMessage(entry: QueueEntry): void {
    if (entry.state !== 'gone') this.#context.kept.putMessage(this.identity.name, entry.kept());
  }

  #setState(entry: QueueEntry, state: EntryState): void {
    this.#counts[entry.state] -= 1;
    this.#counts[state] += 1;
    entry.state = state;
  }

  #received(handle: ReceiptHandle): QueueEntry | undefined {
    const entry = this.#entries.get(handle.messageId);
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
