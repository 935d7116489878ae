import type { Appointment } from '../core/agenda.ts';
import type { Link } from '../core/linked-list.ts';
import type { KeptMessage } from './kept-queue.ts';
import type { Message } from './message.ts';

export type EntryState = 'ready' | 'delayed' | 'inFlight' | 'gone';

/** A message on its way through one queue. */
export class QueueEntry {
  readonly message: Message;
  /** Grows with every message of the queue. */
  readonly position: number;
  state: EntryState = 'ready';
  /** As reported; it goes on counting in a dead-letter queue. */
  receiveCount = 0;
  /** In this queue alone: what decides about dead letters. */
  receivedHere = 0;
  firstReceivedAt: number | undefined;
  visibleAt: number | undefined;
  /** When it becomes visible. */
  return: Appointment | undefined;
  /** Where it waits to be received. */
  place: Link<QueueEntry> | undefined;
  /** Its place among all messages of the queue, oldest first. */
  age: Link<QueueEntry> | undefined;

  constructor(message: Message, position: number) {
    this.message = message;
    this.position = position;
  }

  static restored({ message, position, receiveCount, receivedHere, firstReceivedAt }: KeptMessage): QueueEntry {
    return Object.assign(new QueueEntry(message, position), { receiveCount, receivedHere, firstReceivedAt });
  }

  kept(): KeptMessage {
    const { message, position, receiveCount, receivedHere, firstReceivedAt, visibleAt } = this;
    const isInFlight = this.state === 'inFlight';
    return { message, position, receiveCount, receivedHere, firstReceivedAt, visibleAt, isInFlight };
  }
}
