import { type Clock, type MovableClock, systemClock, type Timer } from './clock.ts';

type Scheduled = { readonly due: number; readonly callback: () => void; handle: NodeJS.Timeout };

/** The time of the machine plus what was added with `advance`: an endpoint serves real clients, and tests skip its waits. */
export class ShiftableClock implements MovableClock {
  #shift = 0;
  /** The shift at the end of each second of the machine's time in which it changed, oldest first. */
  readonly #shifts = new Map<number, number>();
  readonly #scheduled = new Set<Scheduled>();

  /** The same time with timers that do not fire when it is advanced, for limits of what runs outside of the endpoint. */
  readonly unskippable: Clock = {
    now: () => this.now(),
    schedule: (callback, delay) => systemClock.schedule(callback, delay),
  };

  now(): number {
    return Date.now() + this.#shift;
  }

  readingAt(machineTime: number): number {
    const second = Math.floor(machineTime / 1000);
    let shift = 0;
    for (const [changedAt, changed] of this.#shifts) {
      if (changedAt > second) break;
      shift = changed;
    }
    return machineTime + shift;
  }

  schedule(callback: () => void, delay: number): Timer {
    const due = this.now() + Math.max(0, delay);
    const entry: Scheduled = { due, callback, handle: this.#arm(() => this.#fire(entry), delay) };
    this.#scheduled.add(entry);
    return { cancel: () => this.#forget(entry) };
  }

  /** Moves time on by `milliseconds`, firing in order what falls due and letting promises settle in between. */
  async advance(milliseconds: number): Promise<void> {
    const target = this.now() + milliseconds;
    for (;;) {
      const next = this.#next();
      if (next === undefined || next.due > target) break;
      this.#shiftTo(next.due);
      this.#fire(next);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#shiftTo(target);
    for (const entry of this.#scheduled) {
      clearTimeout(entry.handle);
      entry.handle = this.#arm(() => this.#fire(entry), entry.due - this.now());
    }
  }

  #next(): Scheduled | undefined {
    let next: Scheduled | undefined;
    for (const entry of this.#scheduled) if (next === undefined || entry.due < next.due) next = entry;
    return next;
  }

  #shiftTo(time: number): void {
    this.#shift += Math.max(0, time - this.now());
    this.#shifts.set(Math.floor(Date.now() / 1000), this.#shift);
  }

  #arm(callback: () => void, delay: number): NodeJS.Timeout {
    return setTimeout(callback, Math.max(0, delay)).unref();
  }

  #fire(entry: Scheduled): void {
    this.#forget(entry);
    entry.callback();
  }

  #forget(entry: Scheduled): void {
    clearTimeout(entry.handle);
    this.#scheduled.delete(entry);
  }
}
