import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { isJsonObject } from '../core/json.ts';
import { isFifoId, type MessageAttribute, sizeOf } from '../sqs/message.ts';
import { runBatch } from '../sqs/sqs-action.ts';
import type { Notification } from './notification.ts';
import { invalid, list, type SnsAction, snsAction } from './sns-action.ts';
import type { Topic, TopicStore } from './topic-store.ts';

const maxBytes = 256 * 1024;

const attribute = z.object({
  Name: z.string(),
  Value: z.object({ DataType: z.string(), StringValue: z.string().optional(), BinaryValue: z.string().optional() }),
});
const content = {
  Message: z.string(),
  Subject: z.string().optional(),
  MessageStructure: z.string().optional(),
  MessageAttributes: list(attribute),
  MessageGroupId: z.string().optional(),
  MessageDeduplicationId: z.string().optional(),
};
type Content = z.infer<z.ZodObject<typeof content>>;

/** Hands a notification to every subscriber whose filter it fits. */
export type Deliver = (notification: Notification) => void;

export function publishActions(
  topics: TopicStore,
  clock: Clock,
  deliver: Deliver,
): Readonly<Record<string, SnsAction>> {
  const publish = (topic: Topic, message: Content): Published => {
    const notification = toNotification(topic, message, clock.now());
    if (topic.attributes.FifoTopic !== 'true') {
      deliver(notification);
      return { MessageId: notification.id };
    }
    const accepted = topics.accept(topic, notification);
    if (accepted.id === notification.id) deliver({ ...notification, sequenceNumber: accepted.sequenceNumber });
    return { MessageId: accepted.id, SequenceNumber: accepted.sequenceNumber };
  };

  return {
    Publish: snsAction(
      z.object({ TopicArn: z.string().optional(), TargetArn: z.string().optional(), ...content }),
      ({ TopicArn, TargetArn, ...message }) => {
        const topicArn = TopicArn ?? TargetArn;
        if (topicArn === undefined) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
        return publish(topics.topic(topicArn), message);
      },
    ),
    PublishBatch: snsAction(
      z.object({ TopicArn: z.string(), PublishBatchRequestEntries: list(z.object({ Id: z.string(), ...content })) }),
      ({ TopicArn, PublishBatchRequestEntries: entries }) => {
        const topic = topics.topic(TopicArn);
        const size = entries.reduce((sum, entry) => sum + sizeOfContent(entry), 0);
        if (size > maxBytes) {
          throw new AwsError(
            'BatchRequestTooLong',
            'The length of all the messages put together is more than the limit.',
          );
        }
        const { Successful, Failed } = runBatch(entries, (entry) => publish(topic, entry));
        return { Successful, Failed };
      },
    ),
  };
}

type Published = { readonly MessageId: string; readonly SequenceNumber?: string | undefined };

function toNotification(topic: Topic, input: Content, now: number): Notification {
  const { Message, Subject, MessageStructure } = input;
  if (Message === '') throw invalid('Empty message');
  if (Subject !== undefined && !/^[\u0020-\u007e]{1,100}$/.test(Subject)) throw invalid('Subject');
  if (sizeOfContent(input) > maxBytes) throw invalid('Message too long');
  checkId('MessageGroupId', input.MessageGroupId);
  checkId('MessageDeduplicationId', input.MessageDeduplicationId);
  const attributes = attributesOf(input);
  for (const [name, value] of Object.entries(attributes)) checkAttribute(name, value);
  const messageByProtocol = MessageStructure === 'json' ? byProtocol(Message) : {};
  return {
    id: randomUUID(),
    topicArn: topic.arn,
    subject: Subject,
    message: messageByProtocol.default ?? Message,
    messageByProtocol,
    attributes,
    publishedAt: now,
    ...(topic.attributes.FifoTopic === 'true' ? ordering(topic, input) : grouping(input)),
  };
}

function ordering(topic: Topic, { Message, MessageGroupId, MessageDeduplicationId }: Content) {
  if (MessageGroupId === undefined) {
    throw invalid('The MessageGroupId parameter is required for FIFO topics');
  }
  const isByContent = topic.attributes.ContentBasedDeduplication === 'true';
  if (MessageDeduplicationId === undefined && !isByContent) {
    throw invalid(
      'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  const deduplicationId = MessageDeduplicationId ?? createHash('sha256').update(Message).digest('hex');
  return { groupId: MessageGroupId, deduplicationId };
}

/** Standard topics take a group too, for fair queues. */
function grouping({ MessageGroupId, MessageDeduplicationId }: Content) {
  if (MessageDeduplicationId !== undefined) {
    throw invalid(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    );
  }
  return { groupId: MessageGroupId };
}

function checkId(parameter: string, id: string | undefined): void {
  if (id === undefined || isFifoId(id)) return;
  throw invalid(
    `${parameter} Reason: ${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}

function byProtocol(message: string): Readonly<Record<string, string>> {
  const parsed = parse(message);
  if (!isJsonObject(parsed)) throw invalid('Message Structure - JSON message body failed to parse');
  const texts = Object.fromEntries(
    Object.entries(parsed).flatMap(([protocol, text]) => (typeof text === 'string' ? [[protocol, text]] : [])),
  );
  if (texts.default === undefined) {
    throw invalid('Message Structure - No default entry in JSON message body');
  }
  return texts;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function attributesOf({ MessageAttributes }: Content): Record<string, MessageAttribute> {
  return Object.fromEntries(MessageAttributes.map(({ Name, Value }) => [Name, Value]));
}

function checkAttribute(name: string, { DataType, StringValue, BinaryValue }: MessageAttribute): void {
  const [type = ''] = DataType.split('.');
  if (!['String', 'Number', 'Binary'].includes(type)) {
    throw new AwsError(
      'ParameterValueInvalid',
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const value = type === 'Binary' ? BinaryValue : StringValue;
  if (value === undefined || value === '') {
    throw new AwsError(
      'ParameterValueInvalid',
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
    );
  }
  if (type === 'Number' && !Number.isFinite(Number(value))) {
    throw new AwsError('ParameterValueInvalid', `Could not cast message attribute '${name}' value to number.`);
  }
}

function sizeOfContent(content: Content): number {
  return sizeOf(content.Message, attributesOf(content));
}
