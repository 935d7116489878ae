import { Agenda } from '../core/agenda.ts';
import type { Clock } from '../core/clock.ts';
import { LinkedList } from '../core/linked-list.ts';
import { FifoLine, type MessageLine, StandardLine } from './message-line.ts';
import type { EntryState, QueueEntry } from './queue-entry.ts';

export type MessagePoolOptions = {
  readonly clock: Clock;
  readonly isFifo: boolean;
  /** Called when there may be a message to receive. */
  readonly onReady: () => void;
  readonly onRemove: (entry: QueueEntry) => void;
};

/** The messages of one queue and their states: ready to be received, delayed, or in flight until a timer ends. */
export class MessagePool {
  readonly #clock: Clock;
  readonly #onReady: () => void;
  readonly #onRemove: (entry: QueueEntry) => void;
  readonly #line: MessageLine<QueueEntry>;
  /** By message id. */
  readonly #entries = new Map<string, QueueEntry>();
  /** In the order in which they came in. */
  readonly #byAge = new LinkedList<QueueEntry>();
  /** Messages that are hidden, by when they become visible. */
  readonly #returns: Agenda<QueueEntry>;
  readonly #counts: Record<EntryState, number> = { ready: 0, delayed: 0, inFlight: 0, gone: 0 };

  constructor({ clock, isFifo, onReady, onRemove }: MessagePoolOptions) {
    this.#clock = clock;
    this.#onReady = onReady;
    this.#onRemove = onRemove;
    this.#line = isFifo ? new FifoLine() : new StandardLine();
    this.#returns = new Agenda(clock, (entry) => this.#becomeVisible(entry));
  }

  get size(): number {
    return this.#entries.size;
  }

  get counts(): Readonly<Record<EntryState, number>> {
    return this.#counts;
  }

  /** When the next hidden message becomes visible, in milliseconds since the epoch; undefined without one. */
  get nextReturn(): number | undefined {
    return this.#returns.nextDue;
  }

  /** All messages, the oldest first. */
  [Symbol.iterator](): Iterator<QueueEntry> {
    return this.#byAge[Symbol.iterator]();
  }

  find(messageId: string): QueueEntry | undefined {
    return this.#entries.get(messageId);
  }

  /** Adds a message that can be received after `delay` milliseconds. */
  add(entry: QueueEntry, delay: number): void {
    this.#list(entry);
    if (delay > 0) {
      this.#setState(entry, 'delayed');
      this.#hideFor(entry, delay);
    } else {
      this.#line.add(entry);
      this.#onReady();
    }
  }

  /** Adds a message that was in flight before a restart, and is for `milliseconds` more. */
  addInFlight(entry: QueueEntry, milliseconds: number): void {
    this.#list(entry);
    this.#setState(entry, 'inFlight');
    this.#line.hold(entry);
    this.#hideFor(entry, milliseconds);
  }

  /** Takes up to `max` messages that are ready. Each is then put in flight or removed. */
  take(max: number): QueueEntry[] {
    return this.#line.take(max);
  }

  /** @param milliseconds 0 if it is put back at once */
  putInFlight(entry: QueueEntry, milliseconds: number): void {
    this.#setState(entry, 'inFlight');
    if (milliseconds > 0) this.#hideFor(entry, milliseconds);
  }

  /** Sets anew how long a message stays in flight. */
  changeVisibility(entry: QueueEntry, milliseconds: number): void {
    this.#cancelReturn(entry);
    if (milliseconds === 0) this.putBack(entry);
    else this.#hideFor(entry, milliseconds);
  }

  /** Makes a message that is in flight ready again. */
  putBack(entry: QueueEntry): void {
    this.#setState(entry, 'ready');
    entry.visibleAt = undefined;
    this.#line.putBack(entry);
    this.#onReady();
  }

  /** @param isTaken whether `take` gave it, although its state is still `ready` */
  remove(entry: QueueEntry, isTaken = false): void {
    const mayFreeGroup = isTaken || entry.state === 'inFlight';
    this.#cancelReturn(entry);
    this.#line.remove(entry);
    this.#setState(entry, 'gone');
    this.#entries.delete(entry.message.id);
    if (entry.age !== undefined) this.#byAge.remove(entry.age);
    if (mayFreeGroup) {
      this.#line.release(entry);
      this.#onReady();
    }
    this.#onRemove(entry);
  }

  clear(): void {
    for (const entry of this.#entries.values()) this.remove(entry);
  }

  /** Ends all timers. */
  close(): void {
    this.#returns.close();
  }

  #list(entry: QueueEntry): void {
    this.#entries.set(entry.message.id, entry);
    entry.age = this.#byAge.add(entry);
    this.#counts.ready += 1;
  }

  #becomeVisible(entry: QueueEntry): void {
    entry.return = undefined;
    if (entry.state === 'delayed') {
      this.#setState(entry, 'ready');
      this.#line.add(entry);
      this.#onReady();
    } else {
      this.putBack(entry);
    }
  }

  #hideFor(entry: QueueEntry, milliseconds: number): void {
    entry.visibleAt = this.#clock.now() + milliseconds;
    // The kept record stays as it is: it holds the time at which the message becomes visible.
    entry.return = this.#returns.add(entry, entry.visibleAt);
  }

  #cancelReturn(entry: QueueEntry): void {
    if (entry.return !== undefined) this.#returns.cancel(entry.return);
    entry.return = undefined;
  }

  #setState(entry: QueueEntry, state: EntryState): void {
    this.#counts[entry.state] -= 1;
    this.#counts[state] += 1;
    entry.state = state;
  }
}
