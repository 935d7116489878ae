import { backOff } from '../core/back-off.ts';
import { sleep } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import { type BatchSettings, gatherBatch } from './gather-batch.ts';
import type { QueueRecord } from './queue-records.ts';
import type { QueueScaling } from './queue-scaling.ts';
import type { Deliver, Outcome, Poller, Report } from './source.ts';
import { splitBySize } from './split-by-size.ts';

export type QueuePollerOptions = BatchSettings & {
  /** How many batches may be in flight at once; five, with which AWS begins, where nothing is said. */
  readonly maxConcurrency?: number | undefined;
  /** How many there may be besides, as AWS adds pollers while there is a backlog; by default no limit. */
  readonly scaling?: QueueScaling | undefined;
  readonly filter: (event: JsonObject) => boolean;
  readonly deliver: Deliver<QueueRecord>;
  readonly report: Report;
};

/** A batch in flight for longer than this does not hold up the messages that come after it. */
const slowBatchMs = 100;
const firstBackOffMs = 1000;
const lastBackOffMs = 30_000;
const deleteTries = 4;

/**
 * Takes messages from a queue and hands them over in batches. One worker listens while the queue is quiet; a backlog or
 * a slow batch calls up more, and those that find nothing leave again. What is not processed is left alone, so that it
 * becomes visible, and in the end a dead letter, by the queue's own rules.
 */
export class QueuePoller implements Poller {
  readonly #options: QueuePollerOptions;
  readonly #stopping = new AbortController();
  readonly #workers = new Set<Promise<void>>();
  readonly ready = Promise.resolve();
  #listening = 0;

  constructor(options: QueuePollerOptions) {
    this.#options = options;
    this.#addWorker();
  }

  /** A queue tells by itself: receiving waits for messages. */
  nudge(): void {}

  /** Messages of a batch are in flight in their queue until it is processed. */
  pending(): undefined {}

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#workers);
  }

  readonly #addWorker = (): void => {
    if (this.#stopping.signal.aborted || this.#listening > 0 || this.#workers.size >= this.#allowed()) return;
    const worker: Promise<void> = this.#work().finally(() => this.#workers.delete(worker));
    this.#workers.add(worker);
  };

  #allowed(): number {
    const { maxConcurrency, scaling } = this.#options;
    if (scaling === undefined) return maxConcurrency ?? 5;
    return Math.min(maxConcurrency ?? Number.POSITIVE_INFINITY, scaling.allowed(this.#workers.size));
  }

  async #work(): Promise<void> {
    const stopped = this.#stopping.signal;
    let refusals = 0;
    while (!stopped.aborted) {
      const result = await this.#next();
      if (result === 'nothing' && this.#listening > 0) return;
      if (result !== 'refused') refusals = 0;
      else await sleep(this.#options.clock, backOff(refusals++, firstBackOffMs, lastBackOffMs), stopped);
    }
  }

  /** Receives and deals with one batch. `refused` by the queue or by the function: neither is to be pressed. */
  async #next(): Promise<'handled' | 'nothing' | 'refused'> {
    this.#listening += 1;
    let batch: Awaited<ReturnType<typeof gatherBatch>>;
    try {
      batch = await gatherBatch(this.#options, this.#stopping.signal);
    } catch (error) {
      this.#reportError(error);
      return 'refused';
    } finally {
      this.#listening -= 1;
    }
    if (batch.records.length === 0) return 'nothing';
    if (batch.isBacklog) this.#addWorker();
    const slow = this.#options.clock.schedule(this.#addWorker, slowBatchMs);
    const isRefused = await this.#handle(batch.records);
    slow.cancel();
    return isRefused ? 'refused' : 'handled';
  }

  async #handle(records: readonly QueueRecord[]): Promise<boolean> {
    const { filter, deliver, report } = this.#options;
    const [wanted, unwanted] = partition(records, ({ filterView }) => filter(filterView));
    await this.#remove(unwanted);
    for (const batch of splitBySize(wanted)) {
      const outcome = await deliver(batch);
      report(outcome.kind === 'refused' || outcome.kind === 'failed' ? `PROBLEM: ${outcome.reason}` : 'OK');
      await this.#remove(batch.filter(({ id }) => isProcessed(outcome, id)));
      // While the function is throttled, more tries would only use up the messages' receive counts.
      if (outcome.kind === 'refused') return true;
    }
    return false;
  }

  async #remove(records: readonly QueueRecord[]): Promise<void> {
    for (let from = 0; from < records.length; from += 10) {
      let left: readonly QueueRecord[] = records.slice(from, from + 10);
      for (let attempt = 0; left.length > 0 && attempt < deleteTries; attempt += 1) {
        if (attempt > 0) await sleep(this.#options.clock, backOff(attempt, 50, 1000));
        try {
          left = await this.#options.queue.remove(left);
        } catch (error) {
          this.#reportError(error);
        }
      }
    }
  }

  #reportError(error: unknown): void {
    this.#options.report(`PROBLEM: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [fitting: T[], others: T[]] {
  const fitting: T[] = [];
  const others: T[] = [];
  for (const item of items) (test(item) ? fitting : others).push(item);
  return [fitting, others];
}

function isProcessed(outcome: Outcome, id: string): boolean {
  switch (outcome.kind) {
    case 'processed':
      return true;
    case 'partly':
      return !outcome.failed.has(id);
    case 'failed':
    case 'refused':
      return false;
  }
}
