/** What the watchdog looks after. */
export type Watched = {
  readonly memoryLimitBytes: number;
  /** Bytes of heap and buffers; undefined once it is gone. */
  measureMemory(): Promise<number | undefined>;
  killForMemory(): void;
};

const intervalMs = 50;

/**
 * V8 counts what it has not collected yet, so a function gets this much above its memory size before it is killed.
 */
const garbageBytes = 128 * 1024 * 1024;

/**
 * Ends environments that use more memory than their function has. V8's own limit cannot do it: reaching it with one
 * large allocation aborts the whole process, so workers get a limit far above, and this looks from outside, in real
 * time, at every invocation that lasts.
 */
export class MemoryWatchdog {
  /** By how many looks an invocation has lasted, so that short ones cost nothing. */
  readonly #watched = new Map<Watched, { looks: number; isMeasuring: boolean }>();
  #timer: NodeJS.Timeout | undefined;

  watch(environment: Watched): void {
    this.#watched.set(environment, { looks: 0, isMeasuring: false });
    this.#timer ??= setInterval(() => this.#look(), intervalMs).unref();
  }

  unwatch(environment: Watched): void {
    this.#watched.delete(environment);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    if (this.#watched.size === 0) this.close();
    for (const [environment, state] of this.#watched) {
      state.looks += 1;
      if (state.looks === 1 || state.isMeasuring) continue;
      state.isMeasuring = true;
      void environment.measureMemory().then((bytes) => {
        state.isMeasuring = false;
        if (bytes !== undefined && bytes > environment.memoryLimitBytes + garbageBytes) environment.killForMemory();
      });
    }
  }
}
