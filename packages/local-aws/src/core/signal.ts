import type { Clock } from './clock.ts';

/** Wakes all present waiters; a later one waits for the next `notify`. */
export class Signal {
  #waiting = new Set<() => void>();

  notify(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Resolves at the next `notify`, or after `milliseconds` of `clock` when they are given. */
  wait(clock?: Clock, milliseconds = 0): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        timer?.cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      const timer = clock?.schedule(wake, milliseconds);
    });
  }
}
