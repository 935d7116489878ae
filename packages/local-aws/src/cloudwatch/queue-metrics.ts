import type { Clock, Timer } from '../core/clock.ts';
import type { QueueDepth } from '../sqs/sqs.ts';
import type { PutMetric } from './cloudwatch.ts';

export type QueueMetricsOptions = {
  readonly clock: Clock;
  readonly putMetric: PutMetric;
  /** The queues in use, each as it is when the iterator comes to it. */
  readonly depths: () => Iterable<QueueDepth>;
};

const interval = 60_000;
/** How many queues are sampled before the event loop gets its turn. */
const queuesPerTurn = 100;

/**
 * Samples queues into `AWS/SQS` each minute, on the minute, as SQS does for queues in use.
 *
 * @returns a function that ends it
 */
export function startQueueMetrics({ clock, putMetric, depths }: QueueMetricsOptions): () => void {
  let timer: Timer;
  const schedule = (): void => {
    timer = clock.schedule(sample, interval - (clock.now() % interval));
  };
  const sample = (): void => sampleInTurns(depths()[Symbol.iterator](), clock.now());
  const sampleInTurns = (queues: Iterator<QueueDepth>, at: number): void => {
    for (let count = 0; count < queuesPerTurn; count += 1) {
      const next = queues.next();
      if (next.done) {
        schedule();
        return;
      }
      put(next.value, at);
    }
    timer = clock.schedule(() => sampleInTurns(queues, at), 0);
  };
  const put = ({ name: QueueName, visible, notVisible, delayed, oldestAge }: QueueDepth, at: number): void => {
    putMetric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName }, visible, 'Count', at);
    putMetric('AWS/SQS', 'ApproximateNumberOfMessagesNotVisible', { QueueName }, notVisible, 'Count', at);
    putMetric('AWS/SQS', 'ApproximateNumberOfMessagesDelayed', { QueueName }, delayed, 'Count', at);
    putMetric('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName }, oldestAge, 'Seconds', at);
  };
  schedule();
  return () => timer.cancel();
}
