import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Principal } from '../core/principal.ts';
import { property } from '../core/resource-type.ts';
import { checkMessage, checkOrdering, type OutgoingMessage } from './check-message.ts';
import type { Accepted } from './deduplication.ts';
import { attributeSchema, md5, md5OfAttributes, sizeOf } from './message.ts';
import type { Queue } from './queue.ts';
import { maxMessageBytes, numberAttribute } from './queue-attributes.ts';
import type { QueueStore } from './queue-store.ts';
import { runBatch, type SqsAction, type SqsContext, sqsAction } from './sqs-action.ts';
import { invalidParameter } from './sqs-error.ts';

const attributes = z.record(z.string(), attributeSchema).default({});
const content = {
  MessageBody: z.string(),
  DelaySeconds: property.integer().optional(),
  MessageAttributes: attributes,
  MessageSystemAttributes: attributes,
  MessageGroupId: z.string().optional(),
  MessageDeduplicationId: z.string().optional(),
};
const sendMessage = z.object({ QueueUrl: z.string(), ...content });
const sendMessageBatch = z.object({
  QueueUrl: z.string(),
  Entries: z.array(z.object({ Id: z.string(), ...content })).default([]),
});

export function sendActions(store: QueueStore): Readonly<Record<string, SqsAction>> {
  return {
    SendMessage: sqsAction(sendMessage, ({ QueueUrl, ...message }, context) =>
      send(store.byUrl(QueueUrl), message, context),
    ),
    SendMessageBatch: sqsAction(sendMessageBatch, ({ QueueUrl, Entries }, context) => {
      const queue = store.byUrl(QueueUrl);
      const size = Entries.reduce((sum, entry) => sum + sizeOf(entry.MessageBody, entry.MessageAttributes), 0);
      if (size > maxMessageBytes) {
        throw new AwsError(
          'BatchRequestTooLong',
          `Batch requests cannot be longer than ${maxMessageBytes} bytes. You have sent ${size} bytes.`,
        );
      }
      for (const entry of Entries) checkEntryOrdering(queue, entry);
      return runBatch(Entries, (entry) => send(queue, entry, context));
    }),
  };
}

/** One entry without group or deduplication id fails the whole batch. */
function checkEntryOrdering(queue: Queue, entry: OutgoingMessage): void {
  try {
    checkOrdering(queue, entry);
  } catch (error) {
    // AWS names no parameter that is missing here: the code of the error is another than that of SendMessage.
    throw error instanceof AwsError ? invalidParameter(error.message) : error;
  }
}

function send(queue: Queue, message: OutgoingMessage, { principal, headers }: SqsContext): object {
  const { MessageBody, MessageAttributes, MessageSystemAttributes = {} } = message;
  const { id, sequenceNumber } = enqueue(queue, message, {
    id: senderIdOf(principal),
    // The attribute overrides the header: docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html
    traceHeader: MessageSystemAttributes.AWSTraceHeader?.StringValue ?? headers['x-amzn-trace-id'],
  });
  return {
    MessageId: id,
    MD5OfMessageBody: md5(MessageBody),
    MD5OfMessageAttributes: md5OfAttributes(MessageAttributes),
    MD5OfMessageSystemAttributes: md5OfAttributes(MessageSystemAttributes),
    SequenceNumber: sequenceNumber,
  };
}

type Sender = { readonly id: string; readonly traceHeader?: string | undefined };

/** Checks a message as SendMessage does, and puts it into the queue. @throws AwsError */
export function enqueue(queue: Queue, message: OutgoingMessage, { id, traceHeader }: Sender): Accepted {
  checkMessage(queue, message);
  const ownDelay = numberAttribute(queue.attributes, 'DelaySeconds');
  return queue.send(
    {
      body: message.MessageBody,
      attributes: message.MessageAttributes,
      senderId: id,
      traceHeader,
      groupId: message.MessageGroupId,
      deduplicationId: queue.isFifo ? deduplicationIdOf(message) : undefined,
    },
    // A message to a FIFO queue has no delay of its own: 0 is allowed and ignored.
    queue.isFifo ? ownDelay : (message.DelaySeconds ?? ownDelay),
  );
}

function deduplicationIdOf({ MessageBody, MessageDeduplicationId }: OutgoingMessage): string {
  return MessageDeduplicationId ?? createHash('sha256').update(MessageBody).digest('hex');
}

function senderIdOf(principal: Principal): string {
  switch (principal.kind) {
    case 'account':
      return principal.arn.split(':')[4] ?? '';
    case 'role':
      return principal.arn;
    case 'service':
      return principal.service;
  }
}
