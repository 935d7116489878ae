import type { Clock, Timer } from '../core/clock.ts';

/** After the end of a period, so that what was measured in it has come in. */
const settleTime = 1_000;
/** How many names are handled before the event loop gets its turn. */
const namesPerTurn = 50;

/**
 * Handles a name when the current period of its length ends.
 * @param end in milliseconds since the epoch
 * @returns whether to handle it again at the end of the next period
 */
export type HandlePeriodEnd = (name: string, length: number, end: number) => boolean;

/** Knows what to handle when periods end. Names that are not due cost nothing. */
export class PeriodEnds {
  readonly #clock: Clock;
  readonly #handle: HandlePeriodEnd;
  /** By the length of the period, in milliseconds. */
  readonly #due = new Map<number, Set<string>>();
  readonly #timers = new Map<number, Timer>();
  #isClosed = false;

  constructor(clock: Clock, handle: HandlePeriodEnd) {
    this.#clock = clock;
    this.#handle = handle;
  }

  /** Handles `name` at the end of the current period of `length` milliseconds. */
  add(name: string, length: number): void {
    const names = this.#due.get(length) ?? new Set();
    this.#due.set(length, names.add(name));
    if (!this.#timers.has(length)) this.#scheduleNext(length);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) timer.cancel();
  }

  #scheduleNext(length: number): void {
    const delay = length - ((this.#clock.now() - settleTime) % length);
    this.#schedule(length, delay, () => {
      const end = Math.floor(this.#clock.now() / length) * length;
      this.#run(length, end, [...(this.#due.get(length) ?? [])]);
    });
  }

  #run(length: number, end: number, names: readonly string[]): void {
    for (const name of names.slice(0, namesPerTurn)) {
      if (!this.#handle(name, length, end)) this.#due.get(length)?.delete(name);
    }
    const left = names.slice(namesPerTurn);
    if (left.length > 0) this.#schedule(length, 0, () => this.#run(length, end, left));
    else if ((this.#due.get(length)?.size ?? 0) > 0) this.#scheduleNext(length);
    else this.#timers.delete(length);
  }

  #schedule(length: number, delay: number, run: () => void): void {
    if (!this.#isClosed) this.#timers.set(length, this.#clock.schedule(run, delay));
  }
}
