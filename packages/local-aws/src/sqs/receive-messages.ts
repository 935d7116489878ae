import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { property } from '../core/resource-type.ts';
import { type MessageAttributes, md5OfAttributes } from './message.ts';
import type { Delivery } from './queue.ts';
import { numberAttribute } from './queue-attributes.ts';
import type { QueueStore } from './queue-store.ts';
import { type SqsAction, sqsAction } from './sqs-action.ts';
import { invalidValue } from './sqs-error.ts';

const receiveMessage = z.object({
  QueueUrl: z.string(),
  MaxNumberOfMessages: property.integer().default(1),
  VisibilityTimeout: property.integer().optional(),
  WaitTimeSeconds: property.integer().optional(),
  /** The older name of MessageSystemAttributeNames. */
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
  MessageAttributeNames: z.array(z.string()).default([]),
});

export function receiveActions(store: QueueStore): Readonly<Record<string, SqsAction>> {
  return {
    ReceiveMessage: sqsAction(receiveMessage, async (input) => {
      const queue = store.byUrl(input.QueueUrl);
      const { MaxNumberOfMessages: max, VisibilityTimeout: visibilityTimeout } = input;
      const wait = input.WaitTimeSeconds ?? numberAttribute(queue.attributes, 'ReceiveMessageWaitTimeSeconds');
      checkRange(max, 'MaxNumberOfMessages', 1, 10);
      checkRange(visibilityTimeout ?? 0, 'VisibilityTimeout', 0, 43_200);
      if (wait < 0 || wait > 20) throw invalidValue(wait, 'WaitTimeSeconds', 'Must be >= 0 and <= 20, if provided.');
      if (queue.isOverLimit()) {
        throw new AwsError('OverLimit', 'Too many messages are in flight: delete them after processing.', 403);
      }
      const deliveries = await queue.receive({ max, visibilityTimeout }, wait);
      if (deliveries.length === 0) return {};
      const systemNames = new Set([...input.AttributeNames, ...input.MessageSystemAttributeNames]);
      return { Messages: deliveries.map((delivery) => toWire(delivery, systemNames, input.MessageAttributeNames)) };
    }),
  };
}

export function checkRange(value: number, parameter: string, min: number, max: number): void {
  if (value >= min && value <= max) return;
  throw invalidValue(value, parameter, `Must be between ${min} and ${max}, if provided.`);
}

function toWire(delivery: Delivery, systemNames: ReadonlySet<string>, attributeNames: readonly string[]): object {
  const { message, receiptHandle } = delivery;
  const system = systemAttributes(delivery, systemNames);
  const attributes = selectAttributes(message.attributes, attributeNames);
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(Object.keys(system).length === 0 ? {} : { Attributes: system }),
    ...(Object.keys(attributes).length === 0
      ? {}
      : { MessageAttributes: attributes, MD5OfMessageAttributes: md5OfAttributes(attributes) }),
  };
}

function systemAttributes(
  { message, receiveCount, firstReceivedAt }: Delivery,
  names: ReadonlySet<string>,
): Record<string, string> {
  const all: Record<string, string | undefined> = {
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    ApproximateReceiveCount: String(receiveCount),
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
    MessageDeduplicationId: message.deduplicationId,
    MessageGroupId: message.groupId,
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    SequenceNumber: message.sequenceNumber,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value !== undefined && (names.has('All') || names.has(name)) ? [[name, value]] : [],
    ),
  );
}

/** `All`, `*`, `.*`, a name, or a prefix: `order.*` takes `order`, `orderId` and `order.id`. */
function selectAttributes(attributes: MessageAttributes, wanted: readonly string[]): MessageAttributes {
  const isWanted = (name: string): boolean =>
    wanted.some((pattern) =>
      pattern === 'All' || pattern === '*'
        ? true
        : pattern.endsWith('.*')
          ? name.startsWith(pattern.slice(0, -2))
          : name === pattern,
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}
