import type { Counts } from '../api-types.ts';

const everyMs = 1000;

/** Sends counts each second while somebody follows, when they have changed. */
export class CountsFeed {
  readonly #onCounts: (counts: Counts) => void;
  #read: (() => Promise<Counts>) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #last = '';

  constructor(onCounts: (counts: Counts) => void) {
    this.#onCounts = onCounts;
  }

  open(read: () => Promise<Counts>): void {
    this.#read = read;
  }

  setFollowed(isFollowed: boolean): void {
    // A new client receives them too.
    this.#last = '';
    if (isFollowed && this.#timer !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (isFollowed) this.#schedule();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#read = undefined;
  }

  #schedule(): void {
    const timer = setTimeout(() => {
      void this.#send().finally(() => {
        if (this.#timer === timer) this.#schedule();
      });
    }, everyMs);
    timer.unref();
    this.#timer = timer;
  }

  async #send(): Promise<void> {
    const counts = await this.#read?.().catch(() => undefined);
    if (counts === undefined) return;
    const text = JSON.stringify(counts);
    if (text === this.#last) return;
    this.#last = text;
    this.#onCounts(counts);
  }
}
