import { StateWriteError } from '../core/state-store.ts';

export type Change = readonly [collection: string, key: string, value: string | null];

export type GroupCommitOptions = {
  /** Writes a group in one transaction. @throws StateWriteError when it did not, and all is as it was */
  readonly write: (changes: readonly Change[]) => Promise<void>;
  /** Called when a write fails for the first time, and with undefined when writing is possible again. */
  readonly onFailure: (failure: StateWriteError | undefined) => void;
};

/** How long changes that nothing waits for are gathered. */
const gatherMs = 10;
/** How soon to try again after a group could not be written. */
const retryMs = 1000;

/**
 * Gathers changes while the group before is being written. A group holds everything that changed up to one instant, so
 * that whatever is on disk is a state that memory was in. What cannot be written stays, and is tried again.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #changes = new Map<string, Change>();
  #lateWriters: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Of the group that is being gathered, once it is awaited. */
  #next: PromiseWithResolvers<void> | undefined;
  /** Of the group that is being written; never rejects. */
  #writing: Promise<void> | undefined;
  #changeCount = 0;
  #failure: StateWriteError | undefined;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  get changeCount(): number {
    return this.#changeCount;
  }

  get failure(): StateWriteError | undefined {
    return this.#failure;
  }

  /** @param value null to delete the record */
  add(collection: string, key: string, value: string | null): void {
    this.#changes.set(`${collection}\0${key}`, [collection, key, value]);
    this.#noteChange();
  }

  beforeCommit(write: () => void): void {
    this.#lateWriters.push(write);
    this.#noteChange();
  }

  async committed(): Promise<void> {
    if (this.#isClean()) {
      await this.#writing;
      // What was being written may have failed, and be among the changes again.
      if (this.#failure !== undefined && !this.#isClean()) throw this.#failure;
      return;
    }
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#next === undefined) {
      this.#next = Promise.withResolvers();
      this.#next.promise.catch(() => {});
      if (this.#writing === undefined) setImmediate(() => this.#start());
    }
    return this.#next.promise;
  }

  /** Writes what is left. @throws StateWriteError */
  async close(): Promise<void> {
    await this.#writing;
    if (!this.#isClean()) await this.#start();
    clearTimeout(this.#timer);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #isClean(): boolean {
    return this.#changes.size === 0 && this.#lateWriters.length === 0;
  }

  #noteChange(): void {
    this.#changeCount += 1;
    if (this.#writing === undefined && this.#timer === undefined) this.#startIn(gatherMs);
  }

  #startIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start(), milliseconds).unref();
  }

  #start(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#writeGroup().finally(() => {
      this.#writing = undefined;
      if (this.#isClean()) return;
      if (this.#failure !== undefined) this.#startIn(retryMs);
      else if (this.#next !== undefined) void this.#start();
      else this.#startIn(gatherMs);
    });
    return this.#writing;
  }

  async #writeGroup(): Promise<void> {
    const waiting = this.#next;
    this.#next = undefined;
    for (const write of this.#lateWriters.splice(0)) write();
    const group = this.#changes;
    this.#changes = new Map();
    try {
      await this.#options.write([...group.values()]);
      if (this.#failure !== undefined) this.#options.onFailure(undefined);
      this.#failure = undefined;
      waiting?.resolve();
    } catch (error) {
      // Later changes of the same records take the place of the earlier ones.
      this.#changes = new Map([...group, ...this.#changes]);
      const failure = error instanceof StateWriteError ? error : new StateWriteError(String(error), { cause: error });
      if (this.#failure === undefined) this.#options.onFailure(failure);
      this.#failure = failure;
      waiting?.reject(failure);
      this.#rejectNext(failure);
    }
  }

  #rejectNext(failure: StateWriteError): void {
    this.#next?.reject(failure);
    this.#next = undefined;
  }
}
