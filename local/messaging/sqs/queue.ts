import type { Clock, Timer } from '../../core/clock.ts';
import { type Message, type MessageContent, newMessage } from './message.ts';
import { FifoLine, type MessageLine, StandardLine } from './message-line.ts';
import { isFifo, numberAttribute, type QueueAttributes, redrivePolicy } from './queue-attributes.ts';
import { ReceiptHandle } from './receipt-handle.ts';

const deduplicationWindow = 5 * 60_000;
const maxInFlight = { standard: 120_000, fifo: 20_000 } as const;

export type QueueIdentity = { readonly name: string; readonly arn: string; readonly createdAt: number };

/** What a queue needs of the world around it. */
export type QueueContext = {
  readonly clock: Clock;
  readonly queueByArn: (arn: string) => Queue | undefined;
  /** Called after every change that should survive a restart. */
  readonly changed: () => void;
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

/** A message as it is kept over a restart. */
export type KeptMessage = {
  readonly message: Message;
  readonly receiveCount: number;
  readonly receivedHere: number;
  readonly firstReceivedAt?: number | undefined;
  readonly isInFlight: boolean;
  readonly visibleAt?: number | undefined;
};

type State = 'ready' | 'delayed' | 'inFlight' | 'gone';

/** A message on its way through this queue. */
class Entry {
  readonly message: Message;
  state: State = 'ready';
  /** As reported; it goes on counting in a dead-letter queue. */
  receiveCount = 0;
  /** In this queue alone: what decides about dead letters. */
  receivedHere = 0;
  firstReceivedAt: number | undefined;
  visibleAt: number | undefined;
  timer: Timer | undefined;

  constructor(message: Message) {
    this.message = message;
  }

  isGone(): boolean {
    return this.state === 'gone';
  }
}

type Waiter = { readonly options: ReceiveOptions; finish(deliveries: Delivery[]): void };

/** One SQS queue, standard or FIFO. Nothing in it polls: messages come back and calls end by timers of the clock. */
export class Queue {
  readonly identity: QueueIdentity;
  readonly tags: Map<string, string>;
  readonly #context: QueueContext;
  readonly #line: MessageLine<Entry>;
  readonly #entries = new Map<string, Entry>();
  readonly #counts: Record<State, number> = { ready: 0, delayed: 0, inFlight: 0, gone: 0 };
  readonly #waiters = new Set<Waiter>();
  readonly #deduplicated = new Map<string, { message: Message; at: number }>();
  #attributes: QueueAttributes;
  #modifiedAt: number;
  #sequence = 0;
  #isWakeDue = false;
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
    this.#context = context;
    this.#line = isFifo(attributes) ? new FifoLine() : new StandardLine();
  }

  get attributes(): QueueAttributes {
    return this.#attributes;
  }

  get modifiedAt(): number {
    return this.#modifiedAt;
  }

  get isFifo(): boolean {
    return isFifo(this.#attributes);
  }

  setAttributes(attributes: QueueAttributes): void {
    this.#attributes = attributes;
    this.#modifiedAt = this.#context.clock.now();
    this.#context.changed();
  }

  /** Also drops what has been kept for longer than the retention period. */
  counts(): { ready: number; delayed: number; inFlight: number } {
    for (const entry of this.#entries.values()) {
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
    for (const { message, receiveCount } of this.#entries.values()) {
      if (receiveCount <= 3) return this.#context.clock.now() - message.sentAt;
    }
    return 0;
  }

  /** Puts a message in, or tells the one that it is a duplicate of. */
  send(content: MessageContent, delaySeconds: number): Message {
    const now = this.#context.clock.now();
    const key = this.#deduplicationKey(content);
    if (key !== undefined) {
      const known = this.#deduplicated.get(key);
      if (known !== undefined && now - known.at < deduplicationWindow) return known.message;
    }
    const message = this.#numbered(newMessage(content, now));
    if (key !== undefined) this.#remember(key, message, now);
    this.#enter(new Entry(message), delaySeconds * 1000);
    return message;
  }

  /** Takes over a message from another queue: from the one that gave up on it, or from a dead-letter queue. */
  accept(message: Message, receiveCount: number, firstReceivedAt: number | undefined): void {
    const entry = new Entry(this.#numbered(message));
    entry.receiveCount = receiveCount;
    entry.firstReceivedAt = firstReceivedAt;
    this.#enter(entry, 0);
  }

  /** Waits up to `waitSeconds` while there is nothing to receive. */
  receive(options: ReceiveOptions, waitSeconds: number): Promise<Delivery[]> {
    const deliveries = this.#deliver(options);
    if (deliveries.length > 0 || waitSeconds === 0) return Promise.resolve(deliveries);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        options,
        finish: (received) => {
          timer.cancel();
          this.#waiters.delete(waiter);
          resolve(received);
        },
      };
      const timer = this.#context.clock.schedule(() => waiter.finish([]), waitSeconds * 1000);
      this.#waiters.add(waiter);
    });
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
    entry.timer?.cancel();
    if (seconds === 0) this.#putBack(entry);
    else this.#hideFor(entry, seconds * 1000);
    this.#context.changed();
    return true;
  }

  /** False when the last purge is less than a minute ago. */
  purge(): boolean {
    const now = this.#context.clock.now();
    if (now - this.#purgedAt < 60_000) return false;
    this.#purgedAt = now;
    for (const entry of this.#entries.values()) this.#remove(entry);
    return true;
  }

  /** Takes messages out for a move task. */
  takeForMove(max: number): Message[] {
    const entries = this.#line.take(max);
    for (const entry of entries) this.#remove(entry, true);
    return entries.map(({ message }) => message);
  }

  /** Ends every call that waits, and every timer. */
  close(): void {
    for (const waiter of this.#waiters) waiter.finish([]);
    for (const { timer } of this.#entries.values()) timer?.cancel();
  }

  kept(): KeptMessage[] {
    return [...this.#entries.values()].map((entry) => {
      const { message, receiveCount, receivedHere, firstReceivedAt, visibleAt, state } = entry;
      return { message, receiveCount, receivedHere, firstReceivedAt, visibleAt, isInFlight: state === 'inFlight' };
    });
  }

  restore(messages: readonly KeptMessage[]): void {
    for (const { message, receiveCount, receivedHere, firstReceivedAt, visibleAt = 0, isInFlight } of messages) {
      const entry = new Entry(message);
      Object.assign(entry, { receiveCount, receivedHere, firstReceivedAt });
      this.#sequence = Math.max(this.#sequence, Number(message.sequenceNumber ?? 0));
      const left = Math.max(0, visibleAt - this.#context.clock.now());
      if (isInFlight) {
        this.#entries.set(message.id, entry);
        this.#counts.ready += 1;
        this.#setState(entry, 'inFlight');
        this.#line.hold(entry);
        this.#hideFor(entry, left);
      } else {
        this.#enter(entry, left);
      }
    }
  }

  #enter(entry: Entry, delay: number): void {
    this.#entries.set(entry.message.id, entry);
    this.#counts.ready += 1;
    if (delay > 0) {
      this.#setState(entry, 'delayed');
      entry.visibleAt = this.#context.clock.now() + delay;
      entry.timer = this.#context.clock.schedule(() => {
        this.#setState(entry, 'ready');
        this.#line.add(entry);
        this.#wake();
      }, delay);
    } else {
      this.#line.add(entry);
      this.#wake();
    }
    this.#context.changed();
  }

  #deliver({ max, visibilityTimeout }: ReceiveOptions): Delivery[] {
    const seconds = visibilityTimeout ?? numberAttribute(this.#attributes, 'VisibilityTimeout');
    const deliveries: Delivery[] = [];
    while (deliveries.length < max) {
      const entries = this.#line.take(max - deliveries.length);
      if (entries.length === 0) break;
      for (const entry of entries) {
        if (this.#isTooOld(entry)) this.#remove(entry, true);
        else if (!this.#giveUp(entry)) deliveries.push(this.#handOut(entry, seconds));
      }
    }
    // Only now, so that no call gets the same message twice.
    if (seconds === 0) for (const { message } of deliveries) this.#putBackById(message.id);
    if (deliveries.length > 0) this.#context.changed();
    return deliveries;
  }

  #handOut(entry: Entry, visibleAfterSeconds: number): Delivery {
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
  #giveUp(entry: Entry): boolean {
    const policy = redrivePolicy(this.#attributes);
    if (policy === undefined || entry.receivedHere < policy.maxReceiveCount) return false;
    const deadLetters = this.#context.queueByArn(policy.deadLetterTargetArn);
    if (deadLetters === undefined) return false;
    this.#remove(entry, true);
    const message = { ...entry.message, deadLetterSourceArn: this.identity.arn };
    deadLetters.accept(message, entry.receiveCount, entry.firstReceivedAt);
    return true;
  }

  #hideFor(entry: Entry, milliseconds: number): void {
    entry.visibleAt = this.#context.clock.now() + milliseconds;
    entry.timer = this.#context.clock.schedule(() => {
      this.#putBack(entry);
      this.#context.changed();
    }, milliseconds);
  }

  #putBackById(id: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) this.#putBack(entry);
  }

  #putBack(entry: Entry): void {
    this.#setState(entry, 'ready');
    entry.visibleAt = undefined;
    this.#line.putBack(entry);
    this.#wake();
  }

  /** `isTaken`: it is out of the line, although its state is still `ready`. */
  #remove(entry: Entry, isTaken = false): void {
    const mayFreeGroup = isTaken || entry.state === 'inFlight';
    entry.timer?.cancel();
    this.#setState(entry, 'gone');
    this.#entries.delete(entry.message.id);
    if (mayFreeGroup) {
      this.#line.release(entry);
      this.#wake();
    }
    this.#context.changed();
  }

  #setState(entry: Entry, state: State): void {
    this.#counts[entry.state] -= 1;
    this.#counts[state] += 1;
    entry.state = state;
  }

  /** After the current call, so that a batch that is being sent is received as one. */
  #wake(): void {
    if (this.#isWakeDue || this.#waiters.size === 0) return;
    this.#isWakeDue = true;
    queueMicrotask(() => {
      this.#isWakeDue = false;
      for (const waiter of this.#waiters) {
        const deliveries = this.#deliver(waiter.options);
        if (deliveries.length === 0) return;
        waiter.finish(deliveries);
      }
    });
  }

  #received(handle: ReceiptHandle): Entry | undefined {
    const entry = this.#entries.get(handle.messageId);
    return entry?.receivedHere === handle.receive ? entry : undefined;
  }

  #isTooOld({ message }: Entry): boolean {
    const retention = numberAttribute(this.#attributes, 'MessageRetentionPeriod') * 1000;
    return this.#context.clock.now() - message.sentAt >= retention;
  }

  #numbered(message: Message): Message {
    if (!this.isFifo) return message;
    this.#sequence += 1;
    return { ...message, sequenceNumber: String(this.#sequence).padStart(20, '0') };
  }

  #deduplicationKey({ deduplicationId, groupId }: MessageContent): string | undefined {
    if (!this.isFifo || deduplicationId === undefined) return undefined;
    return this.#attributes.DeduplicationScope === 'messageGroup' ? `${groupId}\n${deduplicationId}` : deduplicationId;
  }

  #remember(key: string, message: Message, now: number): void {
    for (const [old, { at }] of this.#deduplicated) {
      if (now - at < deduplicationWindow) break;
      this.#deduplicated.delete(old);
    }
    this.#deduplicated.delete(key);
    this.#deduplicated.set(key, { message, at: now });
  }
}
