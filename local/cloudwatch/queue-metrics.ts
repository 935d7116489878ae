import type { Clock, Timer } from '../core/clock.ts';
import type { PutMetric } from './cloudwatch.ts';

/** What SQS tells about a queue at one moment. */
export type QueueDepth = {
  readonly visible: number;
  readonly notVisible: number;
  readonly delayed: number;
  /** Seconds; undefined when the queue cannot tell. */
  readonly oldestAge?: number | undefined;
};

export type QueueMetricsOptions = {
  readonly clock: Clock;
  readonly putMetric: PutMetric;
  /** The names of all queues. */
  readonly listQueues: () => readonly string[] | Promise<readonly string[]>;
  /** Undefined for a queue that is gone. */
  readonly attributes: (queueName: string) => QueueDepth | undefined | Promise<QueueDepth | undefined>;
  readonly onError: (error: unknown) => void;
};

const interval = 60_000;

/**
 * Samples the depth of every queue each minute into `AWS/SQS`, as SQS does for queues in use, so that alarms on dead-letter
 * queues work.
 *
 * @returns a function that ends it
 */
export function startQueueMetrics({
  clock,
  putMetric,
  listQueues,
  attributes,
  onError,
}: QueueMetricsOptions): () => void {
  let timer: Timer | undefined;
  let stopped = false;

  async function sample(): Promise<void> {
    for (const QueueName of await listQueues()) {
      const depth = await attributes(QueueName);
      if (depth === undefined || stopped) continue;
      putMetric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName }, depth.visible, 'Count');
      putMetric('AWS/SQS', 'ApproximateNumberOfMessagesNotVisible', { QueueName }, depth.notVisible, 'Count');
      putMetric('AWS/SQS', 'ApproximateNumberOfMessagesDelayed', { QueueName }, depth.delayed, 'Count');
      if (depth.oldestAge !== undefined) {
        putMetric('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName }, depth.oldestAge, 'Seconds');
      }
    }
  }

  function schedule(): void {
    if (stopped) return;
    timer = clock.schedule(
      () => {
        sample().catch(onError).finally(schedule);
      },
      interval - (clock.now() % interval),
    );
  }

  schedule();
  return () => {
    stopped = true;
    timer?.cancel();
  };
}
