import type * as z from 'zod';

/** The records of one kind, by key. */
export type Collection<T> = {
  /** What was kept when the store was opened, ordered by key. A service reads it once, when it is built. */
  entries(): Iterable<readonly [key: string, value: T]>;
  /** Takes down the record as it is now; what changes in it later needs another `put`. */
  put(key: string, value: T): void;
  delete(key: string): void;
};

/**
 * Keeps what must survive the end of the process under `--persist`. Changes are written in groups, each in one
 * transaction that holds everything that was changed by then, so that the file never shows an effect without its cause.
 */
export type StateStore = {
  /** The folder for a service's own files, or undefined when nothing is kept. */
  readonly directory: string | undefined;
  /** How many changes there have been: equal counts mean that nothing was written in between. */
  readonly changeCount: number;
  /** Why nothing can be written at present, such as a full disk. */
  readonly failure: StateWriteError | undefined;
  /** @param name of the service and its records, such as `sqs/messages` */
  collection<T>(name: string, schema: z.ZodType<T>): Collection<T>;
  /** Counts as a change; `write` is called once, when the next group is put together, and puts what is to be written. */
  beforeCommit(write: () => void): void;
  /**
   * Resolves when every change up to now is on disk. What was acknowledged must survive, so that the edge awaits this
   * before it sends an answer. @throws StateWriteError
   */
  committed(): Promise<void>;
  /** Writes what is left and closes the file. @throws StateWriteError */
  close(): Promise<void>;
};

/** Changes cannot be written. They stay in memory, and are written when that is possible again. */
export class StateWriteError extends Error {
  override readonly name = 'StateWriteError';
}

const nothing: Collection<never> = { entries: () => [], put: () => {}, delete: () => {} };
const done = Promise.resolve();

/** Keeps nothing: every start is a first one. */
export const noStateStore: StateStore = {
  directory: undefined,
  changeCount: 0,
  failure: undefined,
  collection: () => nothing,
  beforeCommit: () => {},
  committed: () => done,
  close: () => done,
};
