import { Agenda, type Appointment } from '../core/agenda.ts';
import type { Clock } from '../core/clock.ts';
import type { Recurrence } from './schedule-expression.ts';

type Entry = { readonly recurrence: Recurrence; readonly due: number; readonly appointment: Appointment };

/** Calls `fire` whenever one of many schedules is due. */
export class Timetable {
  readonly #clock: Clock;
  readonly #agenda: Agenda<{ readonly key: string; readonly due: number }>;
  readonly #entries = new Map<string, Entry>();
  readonly #fire: (key: string, due: number) => void;

  /** @param fire gets the key of the schedule and the time at which it is due; afterwards the next time is planned */
  constructor(clock: Clock, fire: (key: string, due: number) => void) {
    this.#clock = clock;
    this.#fire = fire;
    this.#agenda = new Agenda(clock, ({ key, due }) => this.#run(key, due));
  }

  /** Replaces the schedule of that key. Yields false when it has no more time to come. */
  set(key: string, recurrence: Recurrence, after = this.#clock.now()): boolean {
    this.delete(key);
    const due = recurrence.next(after);
    if (due === undefined) return false;
    this.#entries.set(key, { recurrence, due, appointment: this.#agenda.add({ key, due }, due) });
    return true;
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#agenda.cancel(entry.appointment);
    this.#entries.delete(key);
  }

  /** When the schedule of that key is due next. */
  nextDue(key: string): number | undefined {
    return this.#entries.get(key)?.due;
  }

  close(): void {
    this.#agenda.close();
  }

  #run(key: string, due: number): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.due !== due) return;
    // Times that passed while the process stood still are skipped.
    this.set(key, entry.recurrence, Math.max(due, this.#clock.now() - 1));
    this.#fire(key, due);
  }
}
