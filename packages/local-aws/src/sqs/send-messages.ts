import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Principal } from '../core/principal.ts';
import { property } from '../core/resource-type.ts';
import { isFifoId, type MessageAttributes, md5, md5OfAttributes, sizeOf } from './message.ts';
import type { Queue } from './queue.ts';
import { maxMessageBytes, numberAttribute } from './queue-attributes.ts';
import type { QueueStore } from './queue-store.ts';
import { runBatch, type SqsAction, type SqsContext, sqsAction } from './sqs-action.ts';
import { invalidParameter, invalidValue, missingParameter } from './sqs-error.ts';

const attribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
const content = z.object({
  MessageBody: z.string(),
  DelaySeconds: property.integer().optional(),
  MessageAttributes: z.record(z.string(), attribute).default({}),
  MessageSystemAttributes: z.record(z.string(), attribute).default({}),
  MessageGroupId: z.string().optional(),
  MessageDeduplicationId: z.string().optional(),
});
type Content = z.infer<typeof content>;

const sendMessage = z.object({ QueueUrl: z.string(), ...content.shape });
const sendMessageBatch = z.object({
  QueueUrl: z.string(),
  Entries: z.array(z.object({ Id: z.string(), ...content.shape })).default([]),
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
      return runBatch(Entries, (entry) => send(queue, entry, context));
    }),
  };
}

function send(queue: Queue, message: Content, { principal, headers }: SqsContext): object {
  checkContent(queue, message);
  const delay = message.DelaySeconds ?? numberAttribute(queue.attributes, 'DelaySeconds');
  const deduplicationId = queue.isFifo ? deduplicationIdOf(queue, message) : undefined;
  const { id, sequenceNumber } = queue.send(
    {
      body: message.MessageBody,
      attributes: message.MessageAttributes,
      senderId: senderIdOf(principal),
      // The attribute overrides the header: docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html
      traceHeader: message.MessageSystemAttributes.AWSTraceHeader?.StringValue ?? headers['x-amzn-trace-id'],
      groupId: message.MessageGroupId,
      deduplicationId,
    },
    delay,
  );
  return {
    MessageId: id,
    MD5OfMessageBody: md5(message.MessageBody),
    MD5OfMessageAttributes: md5OfAttributes(message.MessageAttributes),
    MD5OfMessageSystemAttributes: md5OfAttributes(message.MessageSystemAttributes),
    SequenceNumber: sequenceNumber,
  };
}

function checkContent(queue: Queue, message: Content): void {
  const { MessageBody: body, MessageAttributes: attributes, DelaySeconds: delay } = message;
  if (body === '') throw missingParameter('MessageBody');
  if (!isAllowedText(body)) {
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
    );
  }
  checkMessageAttributes(attributes);
  const limit = numberAttribute(queue.attributes, 'MaximumMessageSize');
  if (sizeOf(body, attributes) > limit) {
    throw invalidParameter(`One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`);
  }
  if (delay !== undefined && (delay < 0 || delay > 900)) {
    throw invalidValue(delay, 'DelaySeconds', 'DelaySeconds must be >= 0 and <= 900.');
  }
  checkFifoId('MessageGroupId', message.MessageGroupId);
  checkFifoId('MessageDeduplicationId', message.MessageDeduplicationId);
  const wrongType = 'The request include parameter that is not valid for this queue type.';
  if (!queue.isFifo) {
    // Standard queues do take a group, for fair queues.
    const { MessageDeduplicationId: id } = message;
    if (id !== undefined) throw invalidValue(id, 'MessageDeduplicationId', wrongType);
    return;
  }
  if (message.MessageGroupId === undefined) throw missingParameter('MessageGroupId');
  if (delay !== undefined && delay !== 0) throw invalidValue(delay, 'DelaySeconds', wrongType);
}

function checkFifoId(parameter: string, id: string | undefined): void {
  if (id === undefined || isFifoId(id)) return;
  const reason = `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`;
  throw invalidValue(id, parameter, reason);
}

/** What XML 1.0 can carry. Lone surrogates are not characters at all. */
function isAllowedText(text: string): boolean {
  return !/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text);
}

function checkMessageAttributes(attributes: MessageAttributes): void {
  const entries = Object.entries(attributes);
  if (entries.length > 10) {
    throw invalidParameter(`Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`);
  }
  for (const [name, { DataType, StringValue, BinaryValue }] of entries) {
    if (!/^(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i.test(name)) {
      throw invalidParameter(`Message (user) attribute name '${name}' is invalid.`);
    }
    const [type = ''] = DataType.split('.');
    if (!['String', 'Number', 'Binary'].includes(type)) {
      throw invalidParameter(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    }
    const value = type === 'Binary' ? BinaryValue : StringValue;
    if (value === undefined || value === '') {
      throw invalidParameter(
        `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
      );
    }
    if (type === 'Number' && !Number.isFinite(Number(value))) {
      throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
    }
    if (type !== 'Binary' && !isAllowedText(value)) {
      throw invalidParameter(`Message (user) attribute '${name}' value contains characters that are not allowed.`);
    }
  }
}

function deduplicationIdOf(queue: Queue, { MessageBody, MessageDeduplicationId }: Content): string {
  if (MessageDeduplicationId !== undefined) return MessageDeduplicationId;
  if (queue.attributes.ContentBasedDeduplication === 'true') {
    return createHash('sha256').update(MessageBody).digest('hex');
  }
  throw invalidParameter(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
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
