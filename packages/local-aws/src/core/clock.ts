/** A scheduled callback; cancelling twice is harmless. */
export type Timer = { cancel(): void };

/**
 * The one source of time for everything in the endpoint that waits: visibility, batching windows, retries, alarms.
 * Tests pass a `ManualClock` and advance it, so that no test sleeps.
 */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `callback` once, `delay` milliseconds from now. Never keeps the process alive by itself. */
  schedule(callback: () => void, delay: number): Timer;
  /**
   * What this clock showed in the second of the machine's time `machineTime`: other processes know that time alone. A
   * clock without this member shows the machine's time.
   */
  readingAt?(machineTime: number): number;
};

/** A clock that can skip time. */
export type MovableClock = Clock & {
  /** Moves time on by `milliseconds`, and runs what falls due in order. */
  advance(milliseconds: number): Promise<void>;
};

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(callback, delay) {
    const handle = setTimeout(callback, Math.max(0, delay));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delay` milliseconds of `clock`, or as soon as `signal` aborts. */
export function sleep(clock: Clock, delay: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const finish = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.schedule(finish, delay);
    signal?.addEventListener('abort', finish);
  });
}

/** A clock that moves only when told to. */
export class ManualClock implements MovableClock {
  #now: number;
  #scheduled: { due: number; callback: () => void }[] = [];

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  schedule(callback: () => void, delay: number): Timer {
    const entry = { due: this.#now + Math.max(0, delay), callback };
    this.#scheduled.push(entry);
    return {
      cancel: () => {
        this.#scheduled = this.#scheduled.filter((other) => other !== entry);
      },
    };
  }

  /** Moves time on by `milliseconds`, firing what falls due in order and letting promises settle in between. */
  async advance(milliseconds: number): Promise<void> {
    const target = this.#now + milliseconds;
    await settle();
    for (;;) {
      const next = this.#scheduled.filter(({ due }) => due <= target).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.#scheduled = this.#scheduled.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.due);
      next.callback();
      await settle();
    }
    this.#now = target;
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
