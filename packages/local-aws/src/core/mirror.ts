import { hash } from 'node:crypto';
import type * as z from 'zod';
import type { Collection, StateStore } from './state-store.ts';

type Records<T> = { get(key: string): T | undefined; keys(): Iterable<string> };

/**
 * Keeps records that are changed in place, such as APIs and stacks: it compares them with what was written before, and
 * writes those that differ. That takes time for every record that may have changed: it is not for thousands of them.
 */
export class Mirror<T> {
  readonly #state: StateStore;
  readonly #collection: Collection<T>;
  readonly #records: () => Records<T>;
  /** Digests of what was written, by key. */
  readonly #written = new Map<string, string>();
  readonly #suspects = new Set<string>();
  #isPending = false;
  #isAnySuspect = false;

  /** @param records what there is to keep, at the time of the call */
  constructor(state: StateStore, name: string, schema: z.ZodType<T>, records: () => Records<T>) {
    this.#state = state;
    this.#collection = state.collection(name, schema);
    this.#records = records;
  }

  /** What was kept when the store was opened. Called once, by the constructor of a service. */
  kept(): Map<string, T> {
    const kept = new Map(this.#collection.entries());
    for (const [key, value] of kept) this.#written.set(key, digest(value));
    return kept;
  }

  /** To be called after every change: of the record `key`, or of any record. */
  changed(key?: string): void {
    if (key === undefined) this.#isAnySuspect = true;
    else this.#suspects.add(key);
    if (this.#isPending) return;
    this.#isPending = true;
    this.#state.beforeCommit(() => this.#write());
  }

  #write(): void {
    const records = this.#records();
    const suspects = this.#isAnySuspect ? new Set([...records.keys(), ...this.#written.keys()]) : this.#suspects;
    for (const key of suspects) this.#compare(key, records.get(key));
    this.#suspects.clear();
    this.#isAnySuspect = false;
    this.#isPending = false;
  }

  #compare(key: string, value: T | undefined): void {
    if (value === undefined) {
      if (this.#written.delete(key)) this.#collection.delete(key);
      return;
    }
    const now = digest(value);
    if (this.#written.get(key) === now) return;
    this.#written.set(key, now);
    this.#collection.put(key, value);
  }
}

function digest(value: unknown): string {
  return hash('sha1', JSON.stringify(value));
}
