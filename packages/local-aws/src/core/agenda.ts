import type { Clock, Timer } from './clock.ts';
import { SortedMap } from './sorted-map.ts';

/** What an agenda knows an item by. */
export type Appointment = { readonly due: number; readonly order: number };

/** How many items are run before the event loop gets its turn. */
const itemsPerTurn = 1_000;
/** Timers of Node that are longer, about 25 days, fire at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * Runs each of many items at its own time with one timer of the clock. Items that are due at the same time run in the
 * order in which they were added.
 */
export class Agenda<T> {
  readonly #clock: Clock;
  readonly #run: (item: T) => void;
  readonly #items = new SortedMap<Appointment, T>((a, b) => a.due - b.due || a.order - b.order);
  #order = 0;
  #timer: Timer | undefined;
  #timerDue = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, run: (item: T) => void) {
    this.#clock = clock;
    this.#run = run;
  }

  /** @param due in milliseconds since the epoch */
  add(item: T, due: number): Appointment {
    this.#order += 1;
    const appointment = { due, order: this.#order };
    this.#items.set(appointment, item);
    if (due < this.#timerDue) this.#schedule(due);
    return appointment;
  }

  /** Cancelling twice is harmless. */
  cancel(appointment: Appointment): void {
    this.#items.delete(appointment);
  }

  /** When the first item is due; undefined without items. */
  get nextDue(): number | undefined {
    return this.#items.minKey()?.due;
  }

  close(): void {
    this.#items.clear();
    this.#timer?.cancel();
  }

  #schedule(due: number): void {
    this.#timer?.cancel();
    this.#timerDue = due;
    const delay = Math.min(longestTimer, Math.max(0, due - this.#clock.now()));
    this.#timer = this.#clock.schedule(() => this.#runDue(), delay);
  }

  #runDue(): void {
    this.#timerDue = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    let next = this.#items.minKey();
    for (let count = 0; count < itemsPerTurn && next !== undefined && next.due <= now; count += 1) {
      const item = this.#items.get(next);
      this.#items.delete(next);
      if (item !== undefined) this.#run(item);
      next = this.#items.minKey();
    }
    if (next !== undefined && next.due < this.#timerDue) this.#schedule(next.due);
  }
}
