/** What a line has to know of a message. */
type Lined = {
  readonly message: { readonly groupId?: string | undefined; readonly sequenceNumber?: string | undefined };
  isGone(): boolean;
};

/** The messages of a queue that are ready to be received, in the order in which they will be. */
export type MessageLine<M extends Lined> = {
  add(message: M): void;
  /** Takes up to `max` that are not gone. */
  take(max: number): M[];
  /** Counts a message that was taken before a restart as taken. */
  hold(message: M): void;
  /** A message that was taken comes back, or `release`s its group for good. */
  putBack(message: M): void;
  release(message: M): void;
};

/** A standard queue: whoever comes back goes to the end, so that a poisonous message does not block the others. */
export class StandardLine<M extends Lined> implements MessageLine<M> {
  #messages: M[] = [];
  #head = 0;

  add(message: M): void {
    this.#messages.push(message);
  }

  take(max: number): M[] {
    const taken: M[] = [];
    while (taken.length < max) {
      const message = this.#messages[this.#head];
      if (message === undefined) break;
      this.#head += 1;
      if (!message.isGone()) taken.push(message);
    }
    // Array.shift moves every element of a long array; this moves each of them once.
    if (this.#head > 1024 && this.#head * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }

  hold(): void {}

  putBack(message: M): void {
    this.add(message);
  }

  release(): void {}
}

/**
 * A FIFO queue: messages of one group keep their order, and while some of them are in flight the rest of the group
 * waits. One call may take several messages of a group.
 */
export class FifoLine<M extends Lined> implements MessageLine<M> {
  readonly #groups = new Map<string, M[]>();
  readonly #inFlight = new Map<string, number>();
  /** Groups that have messages and none in flight. */
  readonly #free = new Set<string>();

  add(message: M): void {
    const group = groupOf(message);
    const messages = this.#groups.get(group);
    if (messages === undefined) this.#groups.set(group, [message]);
    else messages.push(message);
    if (!this.#inFlight.has(group)) this.#free.add(group);
  }

  take(max: number): M[] {
    const taken: M[] = [];
    for (const group of this.#free) {
      if (taken.length >= max) break;
      const messages = this.#groups.get(group) ?? [];
      let count = 0;
      while (taken.length < max) {
        const message = messages.shift();
        if (message === undefined) break;
        if (message.isGone()) continue;
        taken.push(message);
        count += 1;
      }
      if (messages.length === 0) this.#groups.delete(group);
      if (count > 0) this.#inFlight.set(group, count);
      this.#free.delete(group);
    }
    return taken;
  }

  hold(message: M): void {
    const group = groupOf(message);
    this.#inFlight.set(group, (this.#inFlight.get(group) ?? 0) + 1);
    this.#free.delete(group);
  }

  putBack(message: M): void {
    const group = groupOf(message);
    const messages = this.#groups.get(group) ?? [];
    const next = messages.findIndex((other) => positionOf(other) > positionOf(message));
    messages.splice(next < 0 ? messages.length : next, 0, message);
    this.#groups.set(group, messages);
    this.release(message);
  }

  release(message: M): void {
    const group = groupOf(message);
    const left = (this.#inFlight.get(group) ?? 1) - 1;
    if (left > 0) {
      this.#inFlight.set(group, left);
      return;
    }
    this.#inFlight.delete(group);
    if (this.#groups.has(group)) this.#free.add(group);
  }
}

function groupOf({ message }: Lined): string {
  return message.groupId ?? '';
}

/** Sequence numbers have a fixed number of digits. */
function positionOf({ message }: Lined): string {
  return message.sequenceNumber ?? '';
}
