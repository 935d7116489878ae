import { type Link, LinkedList } from '../core/linked-list.ts';

/** What a line needs to know about a message. */
type Lined<M> = {
  readonly message: { readonly groupId?: string | undefined; readonly sequenceNumber?: string | undefined };
  /** Where it waits; undefined while it is in flight, delayed or gone. */
  place: Link<M> | undefined;
};

/**
 * The messages of a queue that are ready to be received, in the order in which they will be. Each operation takes the
 * same time however many messages wait.
 */
export type MessageLine<M extends Lined<M>> = {
  add(message: M): void;
  /** Takes up to `max`. */
  take(max: number): M[];
  /** Takes out one that waits. */
  remove(message: M): void;
  /** Counts a message that was taken before a restart as taken. */
  hold(message: M): void;
  /** A message that was taken comes back, or `release`s its group for good. */
  putBack(message: M): void;
  release(message: M): void;
};

/** A standard queue: a message that comes back goes to the end, so that a poisonous one does not block the others. */
export class StandardLine<M extends Lined<M>> implements MessageLine<M> {
  readonly #waiting = new LinkedList<M>();

  add(message: M): void {
    message.place = this.#waiting.add(message);
  }

  take(max: number): M[] {
    return takeFrom(this.#waiting, max);
  }

  remove(message: M): void {
    unlink(this.#waiting, message);
  }

  hold(): void {}

  putBack(message: M): void {
    this.add(message);
  }

  release(): void {}
}

type Group<M> = {
  readonly id: string;
  readonly waiting: LinkedList<M>;
  /** Positions. There are ten at most, because a receive takes no more. */
  readonly inFlight: Set<string>;
  /** Among the groups that have a message to take. */
  place: Link<Group<M>> | undefined;
};

/**
 * A FIFO queue: messages of one group keep their order, and those after a message in flight wait. One call may take
 * several messages of a group.
 */
export class FifoLine<M extends Lined<M>> implements MessageLine<M> {
  readonly #groups = new Map<string, Group<M>>();
  readonly #free = new LinkedList<Group<M>>();

  add(message: M): void {
    const group = this.#groupOf(message);
    message.place = group.waiting.add(message);
    this.#settle(group);
  }

  take(max: number): M[] {
    const taken: M[] = [];
    while (taken.length < max) {
      const group = this.#free.first?.value;
      if (group === undefined) break;
      const messages = takeFrom(group.waiting, max - taken.length, (message) => mayBeTaken(message, group));
      for (const message of messages) group.inFlight.add(positionOf(message));
      this.#settle(group);
      taken.push(...messages);
    }
    return taken;
  }

  remove(message: M): void {
    const group = this.#groupOf(message);
    unlink(group.waiting, message);
    this.#settle(group);
  }

  hold(message: M): void {
    const group = this.#groupOf(message);
    group.inFlight.add(positionOf(message));
    this.#settle(group);
  }

  putBack(message: M): void {
    const group = this.#groupOf(message);
    // Only messages of the same receive can stand before it, and there are ten at most.
    let next = group.waiting.first;
    while (next !== undefined && positionOf(next.value) < positionOf(message)) next = next.next;
    message.place = group.waiting.add(message, next);
    this.release(message);
  }

  release(message: M): void {
    const group = this.#groupOf(message);
    group.inFlight.delete(positionOf(message));
    this.#settle(group);
  }

  #groupOf({ message: { groupId = '' } }: M): Group<M> {
    const known = this.#groups.get(groupId);
    if (known !== undefined) return known;
    const group: Group<M> = { id: groupId, waiting: new LinkedList(), inFlight: new Set(), place: undefined };
    this.#groups.set(groupId, group);
    return group;
  }

  /** Lists a group as free, or no longer, and forgets one without messages. */
  #settle(group: Group<M>): void {
    const next = group.waiting.first?.value;
    if (next !== undefined && mayBeTaken(next, group)) group.place ??= this.#free.add(group);
    else unlink(this.#free, group);
    if (next === undefined && group.inFlight.size === 0) this.#groups.delete(group.id);
  }
}

function mayBeTaken<M extends Lined<M>>(message: M, { inFlight }: Group<M>): boolean {
  const position = positionOf(message);
  for (const other of inFlight) if (other < position) return false;
  return true;
}

function takeFrom<M extends Lined<M>>(
  waiting: LinkedList<M>,
  max: number,
  isFree: (message: M) => boolean = () => true,
): M[] {
  const taken: M[] = [];
  while (taken.length < max && waiting.first !== undefined) {
    const message = waiting.first.value;
    if (!isFree(message)) break;
    unlink(waiting, message);
    taken.push(message);
  }
  return taken;
}

function unlink<T extends { place: Link<T> | undefined }>(list: LinkedList<T>, item: T): void {
  if (item.place !== undefined) list.remove(item.place);
  item.place = undefined;
}

/** Sequence numbers have a fixed number of digits. */
function positionOf<M extends Lined<M>>({ message }: M): string {
  return message.sequenceNumber ?? '';
}
