import type { Clock, Timer } from '../core/clock.ts';
import type { PutMetric } from './cloudwatch.ts';

/** What SQS tells about a queue at one moment. */
export type QueueDepth = {
  readonly name: string;
  readonly visible: number;
  readonly notVisible: number;
  readonly delayed: number;
  /** Seconds; 0 for an empty queue. */
  readonly oldestAge: number;
};

export type QueueMetricsOptions = {
  readonly clock: Clock;
  readonly putMetric: PutMetric;
  /** All queues as they are now. */
  readonly depths: () => readonly QueueDepth[];
};

const interval = 60_000;

/**
 * Samples every queue into `AWS/SQS` each minute, on the minute, as SQS does for queues in use.
 *
 * @returns a function that ends it
 */
export function startQueueMetrics({ clock, putMetric, depths }: QueueMetricsOptions): () => void {
  let timer: Timer;
  const schedule = (): void => {
    timer = clock.schedule(sample, interval - (clock.now() % interval));
  };
  const sample = (): void => {
    for (const { name: QueueName, visible, notVisible, delayed, oldestAge } of depths()) {
      putMetric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName }, visible, 'Count');
      putMetric('AWS/SQS', 'ApproximateNumberOfMessagesNotVisible', { QueueName }, notVisible, 'Count');
      putMetric('AWS/SQS', 'ApproximateNumberOfMessagesDelayed', { QueueName }, delayed, 'Count');
      putMetric('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName }, oldestAge, 'Seconds');
    }
    schedule();
  };
  schedule();
  return () => timer.cancel();
}
