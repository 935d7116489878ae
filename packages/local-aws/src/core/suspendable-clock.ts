import type { Clock, Timer } from './clock.ts';

type Entry = { remaining: number; startedAt: number; timer: Timer | undefined; readonly callback: () => void };

/** A clock whose timers stand still while anything holds it. `now()` goes on. */
export class SuspendableClock implements Clock {
  readonly #clock: Clock;
  readonly #entries = new Set<Entry>();
  #holds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  readingAt(machineTime: number): number {
    return this.#clock.readingAt?.(machineTime) ?? machineTime;
  }

  schedule(callback: () => void, delay: number): Timer {
    const entry: Entry = { remaining: delay, startedAt: 0, timer: undefined, callback };
    this.#entries.add(entry);
    if (this.#holds === 0) this.#start(entry);
    return {
      cancel: () => {
        entry.timer?.cancel();
        this.#entries.delete(entry);
      },
    };
  }

  /** Stops the timers until it is disposed of, and whatever else holds them too. */
  hold(): Disposable {
    this.#holds += 1;
    if (this.#holds === 1) for (const entry of this.#entries) this.#stop(entry);
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#holds -= 1;
        if (this.#holds === 0) for (const entry of this.#entries) this.#start(entry);
      },
    };
  }

  #start(entry: Entry): void {
    entry.startedAt = this.#clock.now();
    entry.timer = this.#clock.schedule(() => {
      this.#entries.delete(entry);
      entry.callback();
    }, entry.remaining);
  }

  #stop(entry: Entry): void {
    entry.timer?.cancel();
    entry.timer = undefined;
    entry.remaining = Math.max(0, entry.remaining - (this.#clock.now() - entry.startedAt));
  }
}
