import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { property } from '../core/resource-type.ts';
import type { Queue } from './queue.ts';
import type { QueueStore } from './queue-store.ts';
import { ReceiptHandle } from './receipt-handle.ts';
import { checkRange } from './receive-messages.ts';
import { runBatch, type SqsAction, sqsAction } from './sqs-action.ts';
import { invalidValue } from './sqs-error.ts';

const received = { ReceiptHandle: z.string() };
const visibility = { ...received, VisibilityTimeout: property.integer() };
const inQueue = { QueueUrl: z.string() };
const inBatch = <S extends z.ZodRawShape>(shape: S) =>
  z.object({ ...inQueue, Entries: z.array(z.object({ Id: z.string(), ...shape })).default([]) });

/** What a consumer does with a message that it has received: delete it, or change when it comes back. */
export function settleActions(store: QueueStore): Readonly<Record<string, SqsAction>> {
  return {
    DeleteMessage: sqsAction(z.object({ ...inQueue, ...received }), (input) => {
      const queue = store.byUrl(input.QueueUrl);
      if (queue.delete(parseHandle(queue, input.ReceiptHandle))) return {};
      throw invalidValue(input.ReceiptHandle, 'ReceiptHandle', 'The receipt handle has expired.');
    }),
    DeleteMessageBatch: sqsAction(inBatch(received), (input) => {
      const queue = store.byUrl(input.QueueUrl);
      return runBatch(input.Entries, (entry) => {
        if (queue.delete(parseHandle(queue, entry.ReceiptHandle))) return {};
        throw new AwsError('ReceiptHandleIsInvalid', 'The receipt handle has expired');
      });
    }),
    ChangeMessageVisibility: sqsAction(z.object({ ...inQueue, ...visibility }), (input) =>
      changeVisibility(store.byUrl(input.QueueUrl), input),
    ),
    ChangeMessageVisibilityBatch: sqsAction(inBatch(visibility), (input) => {
      const queue = store.byUrl(input.QueueUrl);
      return runBatch(input.Entries, (entry) => changeVisibility(queue, entry));
    }),
  };
}

function changeVisibility(
  queue: Queue,
  { ReceiptHandle: handle, VisibilityTimeout }: { ReceiptHandle: string; VisibilityTimeout: number },
): object {
  checkRange(VisibilityTimeout, 'VisibilityTimeout', 0, 43_200);
  if (!queue.changeVisibility(parseHandle(queue, handle), VisibilityTimeout)) {
    throw invalidValue(
      handle,
      'ReceiptHandle',
      'Message does not exist or is not available for visibility timeout change.',
    );
  }
  return {};
}

function parseHandle(queue: Queue, text: string): ReceiptHandle {
  const handle = ReceiptHandle.parse(text);
  if (handle === undefined || handle.queueName !== queue.identity.name) {
    throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${text}" is not a valid receipt handle.`);
  }
  return handle;
}
