import { type Clock, sleep } from '../core/clock.ts';
import type { QueueClient } from './queue-client.ts';
import type { QueueRecord } from './queue-records.ts';

export type BatchSettings = {
  readonly clock: Clock;
  readonly queue: QueueClient;
  readonly batchSize: number;
  readonly windowSeconds: number;
};

/** Short, so that stopping waits no longer; an empty receive costs next to nothing within the process. */
const waitMs = 1000;

/**
 * Receives the next batch: the messages that are there or come within a second, and what the batching window adds.
 *
 * @returns `isBacklog` when the queue gave as many messages as were asked for
 * @throws what the queue answers, unless it has messages to return
 */
export async function gatherBatch(
  { clock, queue, batchSize, windowSeconds }: BatchSettings,
  stopped: AbortSignal,
): Promise<{ records: QueueRecord[]; isBacklog: boolean }> {
  const ask = async (size: number, remaining: number): Promise<QueueRecord[]> => {
    // SQS waits whole seconds only: what is left of the window is waited for here.
    const wait = Math.floor(Math.min(waitMs, remaining) / 1000);
    if (wait < 1) await sleep(clock, remaining, stopped);
    return queue.receive(Math.min(10, size), wait);
  };

  let received = await ask(batchSize, waitMs);
  const records = [...received];
  const deadline = clock.now() + windowSeconds * 1000;
  while (records.length > 0 && records.length < batchSize && clock.now() < deadline && !stopped.aborted) {
    try {
      received = await ask(batchSize - records.length, deadline - clock.now());
    } catch {
      break;
    }
    records.push(...received);
  }
  return { records, isBacklog: received.length >= Math.min(10, batchSize) };
}
