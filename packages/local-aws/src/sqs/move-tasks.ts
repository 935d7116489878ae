import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Timer } from '../core/clock.ts';
import { property } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';
import { redrivePolicy } from './queue-attributes.ts';
import type { QueueStore } from './queue-store.ts';
import { checkRange } from './receive-messages.ts';
import { type SqsAction, sqsAction } from './sqs-action.ts';
import { invalidParameter } from './sqs-error.ts';

/** The most that AWS moves in a second. */
const maxRate = 500;
const keptTasks = 10;

const moveTaskSchema = z.object({
  handle: z.string(),
  sourceArn: z.string(),
  destinationArn: z.string().optional(),
  rate: z.number().optional(),
  startedAt: z.number(),
  toMove: z.number(),
  status: z.enum(['RUNNING', 'COMPLETED', 'CANCELLED', 'FAILED']),
  moved: z.number(),
  failureReason: z.string().optional(),
});
type MoveTask = z.infer<typeof moveTaskSchema> & { timer?: Timer };

/** StartMessageMoveTask and its companions: brings the messages of a dead-letter queue back to where they came from. */
export function moveTaskActions(store: QueueStore, state: StateStore): Readonly<Record<string, SqsAction>> {
  const kept = state.collection('sqs/move-tasks', moveTaskSchema);
  /** Newest first. */
  const tasks: MoveTask[] = [...kept.entries()]
    .map(([, task]) => task)
    .sort((left, right) => right.startedAt - left.startedAt);

  const keep = ({ timer: _timer, ...task }: MoveTask): void => kept.put(task.handle, task);

  const forgetOld = (sourceArn: string): void => {
    const finished = tasks.filter((task) => task.sourceArn === sourceArn && task.status !== 'RUNNING');
    for (const old of finished.slice(keptTasks - 1)) {
      tasks.splice(tasks.indexOf(old), 1);
      kept.delete(old.handle);
    }
  };

  const stepSoon = (task: MoveTask, delay: number): void => {
    task.timer = store.clock.schedule(() => step(task), delay);
  };

  const step = (task: MoveTask): void => {
    const source = store.byArn(task.sourceArn);
    const messages = source?.takeForMove(Math.min(task.rate ?? maxRate, task.toMove - task.moved)) ?? [];
    for (const [at, message] of messages.entries()) {
      const destination = store.byArn(task.destinationArn ?? message.deadLetterSourceArn ?? '');
      if (destination === undefined) {
        for (const left of messages.slice(at)) source?.accept(left, 0, undefined);
        fail(task, message);
        keep(task);
        return;
      }
      store.observer.moved({
        mechanism: 'redrive',
        messageId: message.id,
        fromArn: task.sourceArn,
        toArn: destination.identity.arn,
        receiveCount: 0,
      });
      destination.accept(asNew(message), 0, undefined);
      task.moved += 1;
    }
    if (messages.length === 0 || task.moved >= task.toMove) task.status = 'COMPLETED';
    // Without a rate of its own a task may go as fast as it can.
    else stepSoon(task, task.rate === undefined ? 0 : 1000);
    keep(task);
  };

  for (const task of tasks) if (task.status === 'RUNNING') stepSoon(task, 0);

  return {
    StartMessageMoveTask: sqsAction(
      z.object({
        SourceArn: z.string(),
        DestinationArn: z.string().optional(),
        MaxNumberOfMessagesPerSecond: property.integer().optional(),
      }),
      ({ SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: rate }) => {
        const source = existing(store, SourceArn);
        if (DestinationArn !== undefined) existing(store, DestinationArn);
        checkRange(rate ?? 1, 'MaxNumberOfMessagesPerSecond', 1, maxRate);
        if (!store.all().some(({ attributes }) => redrivePolicy(attributes)?.deadLetterTargetArn === SourceArn)) {
          throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
        }
        if (tasks.some(({ sourceArn, status }) => sourceArn === SourceArn && status === 'RUNNING')) {
          throw new AwsError(
            'UnsupportedOperation',
            'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
          );
        }
        const handle = Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: SourceArn })).toString('base64');
        const task: MoveTask = {
          handle,
          sourceArn: SourceArn,
          destinationArn: DestinationArn,
          rate,
          startedAt: store.clock.now(),
          toMove: source.counts().ready,
          status: 'RUNNING',
          moved: 0,
        };
        forgetOld(SourceArn);
        tasks.unshift(task);
        keep(task);
        stepSoon(task, 0);
        return { TaskHandle: handle };
      },
    ),
    ListMessageMoveTasks: sqsAction(
      z.object({ SourceArn: z.string(), MaxResults: property.integer().default(1) }),
      ({ SourceArn, MaxResults }) => {
        existing(store, SourceArn);
        checkRange(MaxResults, 'MaxResults', 1, keptTasks);
        return {
          Results: tasks
            .filter(({ sourceArn }) => sourceArn === SourceArn)
            .slice(0, MaxResults)
            .map(toWire),
        };
      },
    ),
    CancelMessageMoveTask: sqsAction(z.object({ TaskHandle: z.string() }), ({ TaskHandle }) => {
      const task = tasks.find(({ handle }) => handle === TaskHandle);
      if (task === undefined) throw new AwsError('ResourceNotFoundException', 'Task does not exist.', 404);
      if (task.status !== 'RUNNING') {
        throw new AwsError('UnsupportedOperation', 'Only active tasks can be cancelled.');
      }
      task.timer?.cancel();
      task.status = 'CANCELLED';
      keep(task);
      return { ApproximateNumberOfMessagesMoved: task.moved };
    }),
  };
}

function existing(store: QueueStore, arn: string): Queue {
  const queue = store.byArn(arn);
  if (queue === undefined) {
    throw new AwsError(
      'ResourceNotFoundException',
      'The resource that you specified for the SourceArn parameter does not exist.',
      404,
    );
  }
  return queue;
}

function fail(task: MoveTask, { deadLetterSourceArn }: Message): void {
  task.status = 'FAILED';
  task.failureReason = deadLetterSourceArn
    ? 'AWS.SimpleQueueService.NonExistentQueue'
    : 'CouldNotDetermineMessageSource';
}

/** A moved message begins anew: it no longer tells which queue gave up on it. */
function asNew({ deadLetterSourceArn: _source, ...message }: Message): Message {
  return message;
}

function toWire(task: MoveTask): object {
  return {
    TaskHandle: task.status === 'RUNNING' ? task.handle : undefined,
    Status: task.status,
    SourceArn: task.sourceArn,
    DestinationArn: task.destinationArn,
    MaxNumberOfMessagesPerSecond: task.rate,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    FailureReason: task.failureReason,
    StartedTimestamp: task.startedAt,
  };
}
