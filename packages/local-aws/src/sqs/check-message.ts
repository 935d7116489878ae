import { AwsError } from '../core/aws-error.ts';
import { isFifoId, type MessageAttributes, sizeOf } from './message.ts';
import type { Queue } from './queue.ts';
import { numberAttribute } from './queue-attributes.ts';
import { invalidParameter, invalidValue, missingParameter } from './sqs-error.ts';

/** A message as its producer sends it. */
export type OutgoingMessage = {
  readonly MessageBody: string;
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes: MessageAttributes;
  readonly MessageSystemAttributes?: MessageAttributes;
  readonly MessageGroupId?: string | undefined;
  readonly MessageDeduplicationId?: string | undefined;
};

/** @throws AwsError for what SQS refuses in a message to this queue */
export function checkMessage(queue: Queue, message: OutgoingMessage): void {
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
  checkForKind(queue, message);
}

function checkForKind(queue: Queue, message: OutgoingMessage): void {
  const wrongType = 'The request include parameter that is not valid for this queue type.';
  const { DelaySeconds: delay, MessageDeduplicationId: id } = message;
  if (!queue.isFifo) {
    // Standard queues do take a group, for fair queues.
    if (id !== undefined) throw invalidValue(id, 'MessageDeduplicationId', wrongType);
    return;
  }
  checkOrdering(queue, message);
  if (delay !== undefined && delay !== 0) throw invalidValue(delay, 'DelaySeconds', wrongType);
}

/** @throws AwsError when a message to a FIFO queue has no group, or nothing to tell duplicates by */
export function checkOrdering(queue: Queue, { MessageGroupId, MessageDeduplicationId }: OutgoingMessage): void {
  if (!queue.isFifo) return;
  if (MessageGroupId === undefined) throw missingParameter('MessageGroupId');
  if (MessageDeduplicationId === undefined && queue.attributes.ContentBasedDeduplication !== 'true') {
    throw invalidParameter(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
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
        `Message (user) attribute '${name}' must contain a non-empty value of type '${DataType}'.`,
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
