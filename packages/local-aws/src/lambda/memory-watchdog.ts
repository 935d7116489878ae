import { residentMemory } from './process-memory.ts';

/** An environment whose memory is watched while it works. */
export type Watched = {
  readonly pid: number;
  readonly memoryLimitBytes: number;
  /** Called at each look with the resident memory of its processes. */
  noteMemory(bytes: number): void;
  killForMemory(): void;
};

/** On Linux a look is a few reads of /proc, elsewhere it starts a process. */
const intervalMs = process.platform === 'linux' ? 50 : 250;

/**
 * V8 does not know how little memory there is, and keeps garbage that it would have collected in a small machine. A
 * function gets this much above its memory size before it is killed.
 */
const garbageBytes = 64 * 1024 * 1024;

/** Kills environments that use more memory than their function has, as the kernel does in Lambda. Looks in real time. */
export class MemoryWatchdog {
  /** With whether an invocation has lasted for a look already, so that short ones cost nothing. */
  readonly #watched = new Map<Watched, boolean>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  watch(environment: Watched): void {
    this.#watched.set(environment, false);
    this.#timer ??= setInterval(() => void this.#look(), intervalMs).unref();
  }

  unwatch(environment: Watched): void {
    this.#watched.delete(environment);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    if (this.#watched.size === 0) this.close();
    if (this.#isLooking) return;
    const due = [...this.#watched].filter(([, isDue]) => isDue).map(([environment]) => environment);
    for (const environment of this.#watched.keys()) this.#watched.set(environment, true);
    if (due.length === 0) return;
    this.#isLooking = true;
    const memory = await residentMemory(due.map(({ pid }) => pid));
    this.#isLooking = false;
    for (const environment of due) {
      const bytes = memory.get(environment.pid);
      if (bytes === undefined || !this.#watched.has(environment)) continue;
      environment.noteMemory(bytes);
      if (bytes > environment.memoryLimitBytes + garbageBytes) environment.killForMemory();
    }
  }
}
