import type { Clock } from '../core/clock.ts';

/** Wakes everyone who waits for it; nobody who comes later. */
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
