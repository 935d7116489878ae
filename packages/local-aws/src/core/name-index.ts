import { compareText, SortedMap } from './sorted-map.ts';

export type NamePage<T> = {
  readonly items: readonly T[];
  /** The name of the last item of the page when more follow: the next page begins after it. */
  readonly last: string | undefined;
};

export type NameQuery<T> = {
  readonly prefix?: string | undefined;
  /** The name of the last item of the page before. */
  readonly after?: string | undefined;
  readonly size: number;
  readonly accepts?: (item: T) => boolean;
};

/** Items by name. A page of them, in the order of their names, takes the same time however many there are. */
export class NameIndex<T> {
  readonly #items = new SortedMap<string, T>(compareText);
  /** The same: single items are asked for far more often than pages. */
  readonly #byName = new Map<string, T>();

  get size(): number {
    return this.#byName.size;
  }

  get(name: string): T | undefined {
    return this.#byName.get(name);
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  set(name: string, item: T): void {
    this.#items.set(name, item);
    this.#byName.set(name, item);
  }

  delete(name: string): boolean {
    this.#items.delete(name);
    return this.#byName.delete(name);
  }

  keys(): IterableIterator<string> {
    return this.#items.keys();
  }

  /** In the order of their names. Do not add or delete items while you iterate. */
  values(): IterableIterator<T> {
    return this.#items.values();
  }

  /** Those whose name begins with `prefix`, after the name `after`, in the order of their names. */
  *entries(prefix = '', after?: string): Generator<readonly [string, T]> {
    const from = after !== undefined && after > prefix ? after : prefix;
    for (const [name, item] of this.#items.entries(from)) {
      if (!name.startsWith(prefix)) return;
      if (name !== after) yield [name, item];
    }
  }

  page({ prefix, after, size, accepts = () => true }: NameQuery<T>): NamePage<T> {
    const items: T[] = [];
    let last: string | undefined;
    for (const [name, item] of this.entries(prefix, after)) {
      if (!accepts(item)) continue;
      if (items.length === size) return { items, last };
      items.push(item);
      last = name;
    }
    return { items, last: undefined };
  }
}
