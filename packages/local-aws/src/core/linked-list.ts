/** The place of a value in a list. */
export type Link<T> = {
  readonly value: T;
  previous: Link<T> | undefined;
  next: Link<T> | undefined;
  isListed: boolean;
};

/**
 * Values in the order in which they were added. Adding, removing and reading the first take the same time however many
 * there are. A Map does not: reading its first key steps over every key that was deleted before it.
 */
export class LinkedList<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #size = 0;

  get first(): Link<T> | undefined {
    return this.#first;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a value at the end, or before `next`. */
  add(value: T, next?: Link<T>): Link<T> {
    const link: Link<T> = { value, previous: next === undefined ? this.#last : next.previous, next, isListed: true };
    if (link.previous === undefined) this.#first = link;
    else link.previous.next = link;
    if (next === undefined) this.#last = link;
    else next.previous = link;
    this.#size += 1;
    return link;
  }

  /** Removing a link twice is harmless. */
  remove(link: Link<T>): void {
    if (!link.isListed) return;
    link.isListed = false;
    if (link.previous === undefined) this.#first = link.next;
    else link.previous.next = link.next;
    if (link.next === undefined) this.#last = link.previous;
    else link.next.previous = link.previous;
    this.#size -= 1;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let link = this.#first; link !== undefined; link = link.next) yield link.value;
  }
}
