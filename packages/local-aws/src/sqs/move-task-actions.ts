import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { parseJson } from '../core/parse-json.ts';
import { property } from '../core/resource-type.ts';
import { keptMoveTasks, type MoveTask, type MoveTasks, maxMoveRate } from './move-tasks.ts';
import type { Queue } from './queue.ts';
import { redrivePolicy } from './queue-attributes.ts';
import type { QueueStore } from './queue-store.ts';
import { checkRange } from './receive-messages.ts';
import { type SqsAction, sqsAction } from './sqs-action.ts';
import { invalidParameter } from './sqs-error.ts';

/** StartMessageMoveTask, ListMessageMoveTasks and CancelMessageMoveTask. */
export function moveTaskActions(queues: QueueStore, tasks: MoveTasks): Readonly<Record<string, SqsAction>> {
  return {
    StartMessageMoveTask: sqsAction(
      z.object({
        SourceArn: z.string(),
        DestinationArn: z.string().optional(),
        MaxNumberOfMessagesPerSecond: property.integer().optional(),
      }),
      ({ SourceArn, DestinationArn: destinationArn, MaxNumberOfMessagesPerSecond: rate }) => {
        const source = existing(queues, 'SourceArn', SourceArn);
        if (destinationArn !== undefined) existing(queues, 'DestinationArn', destinationArn);
        checkRange(rate ?? 1, 'MaxNumberOfMessagesPerSecond', 1, maxMoveRate);
        if (!queues.all().some(({ attributes }) => redrivePolicy(attributes)?.deadLetterTargetArn === SourceArn)) {
          throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
        }
        if (tasks.of(SourceArn).some(({ status }) => status === 'RUNNING')) {
          throw invalidParameter(
            'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
          );
        }
        return { TaskHandle: tasks.start(source, { destinationArn, rate }).handle };
      },
    ),
    ListMessageMoveTasks: sqsAction(
      z.object({ SourceArn: z.string(), MaxResults: property.integer().default(1) }),
      ({ SourceArn, MaxResults }) => {
        existing(queues, 'SourceArn', SourceArn);
        checkRange(MaxResults, 'MaxResults', 1, keptMoveTasks);
        return { Results: tasks.of(SourceArn).slice(0, MaxResults).map(toWire) };
      },
    ),
    CancelMessageMoveTask: sqsAction(z.object({ TaskHandle: z.string() }), ({ TaskHandle }) => {
      existing(queues, 'SourceArn', sourceOf(TaskHandle));
      const task = tasks.find(TaskHandle);
      if (task === undefined) throw new AwsError('ResourceNotFoundException', 'Task does not exist.', 404);
      if (task.status !== 'RUNNING') {
        throw new AwsError('UnsupportedOperation', 'Only active tasks can be cancelled.');
      }
      tasks.cancel(task);
      return { ApproximateNumberOfMessagesMoved: task.moved };
    }),
  };
}

/** @throws AwsError when the text is no task handle */
function sourceOf(taskHandle: string): string {
  const handle = z.object({ sourceArn: z.string() }).safeParse(parseJson(Buffer.from(taskHandle, 'base64').toString()));
  if (handle.success) return handle.data.sourceArn;
  throw invalidParameter('Value for parameter TaskHandle is invalid.');
}

function existing(queues: QueueStore, parameter: 'SourceArn' | 'DestinationArn', arn: string): Queue {
  const queue = queues.byArn(arn);
  if (queue !== undefined) return queue;
  throw new AwsError(
    'ResourceNotFoundException',
    `The resource that you specified for the ${parameter} parameter doesn't exist.`,
    404,
  );
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
