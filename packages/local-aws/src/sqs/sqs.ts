import type { AwsApi } from '../core/aws-api.ts';
import { counted, type PendingWork } from '../core/pending-work.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { MoveTasks } from './move-tasks.ts';
import type { Queue } from './queue.ts';
import { queueResources } from './queue-resources.ts';
import { QueueStore, type QueueStoreOptions } from './queue-store.ts';
import { sqsApi } from './sqs-api.ts';

/** What CloudWatch measures of a queue. */
export type QueueDepth = {
  readonly name: string;
  readonly visible: number;
  readonly notVisible: number;
  readonly delayed: number;
  /** Seconds; 0 for an empty queue. */
  readonly oldestAge: number;
};

export type Sqs = {
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly queues: QueueStore;
  policyOf(queueArn: string): string | undefined;
  /** The queues in use; each is measured when the iterator comes to it. */
  depths(): Iterable<QueueDepth>;
  /** The messages of a queue; undefined when there are none. */
  pendingIn(queueArn: string): PendingWork | undefined;
  /** The message move tasks that run. */
  pendingMoves(): readonly PendingWork[];
  /** Empties the queues and ends the message move tasks. */
  reset(): void;
  close(): void;
};

/** SQS: queues in memory, over the JSON and the Query protocol. */
export function createSqs(options: QueueStoreOptions): Sqs {
  const queues = new QueueStore(options);
  const moveTasks = new MoveTasks(queues, options.state);
  return {
    api: sqsApi(queues, moveTasks),
    resourceTypes: queueResources(queues),
    queues,
    policyOf: (queueArn) => queues.byArn(queueArn)?.attributes.Policy,
    depths: () => depthsOf(queues.all()),
    pendingIn: (queueArn) => {
      const queue = queues.byArn(queueArn);
      return queue === undefined ? undefined : pendingIn(queue, options.clock.now());
    },
    pendingMoves: () =>
      moveTasks.running().map(({ sourceArn, moved, toMove }) => ({
        kind: 'move-task',
        name: sourceArn.split(':').at(-1) ?? sourceArn,
        reason: `${moved} of ${counted(toMove, 'message')} moved`,
      })),
    reset() {
      moveTasks.clear();
      for (const queue of queues.all()) queue.reset();
    },
    close: () => queues.close(),
  };
}

function* depthsOf(queues: readonly Queue[]): Generator<QueueDepth> {
  for (const queue of queues) {
    if (!queue.isInUse()) continue;
    const { ready: visible, inFlight: notVisible, delayed } = queue.counts();
    const oldestAge = Math.floor(queue.ageOfOldest() / 1000);
    yield { name: queue.identity.name, visible, notVisible, delayed, oldestAge };
  }
}

function pendingIn(queue: Queue, now: number): PendingWork | undefined {
  const { ready, inFlight, delayed } = queue.counts();
  if (ready + inFlight + delayed === 0) return undefined;
  const { nextReturn } = queue;
  const hidden =
    nextReturn === undefined ? '' : `; the next one is visible in ${Math.ceil((nextReturn - now) / 1000)} s`;
  return {
    kind: 'queue',
    name: queue.identity.name,
    reason: `${counted(ready, 'message')} visible, ${inFlight} in flight, ${delayed} delayed${hidden}`,
  };
}
