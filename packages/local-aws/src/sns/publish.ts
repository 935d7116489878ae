import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { isJsonObject } from '../core/json.ts';
import type { ActionContext } from '../core/json-protocol.ts';
import { isFifoId, type MessageAttribute, sizeOf } from '../sqs/message.ts';
import { checkBatch } from './check-batch.ts';
import { checkMessageAttributes } from './check-message-attributes.ts';
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
  const publish = (topic: Topic, notification: Notification): Published => {
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
      ({ TopicArn, TargetArn, ...message }, { headers }) => {
        const topicArn = TopicArn ?? TargetArn;
        if (topicArn === undefined) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
        const topic = topics.topic(topicArn);
        return publish(topic, toNotification(topic, message, { now: clock.now(), headers }));
      },
    ),
    PublishBatch: snsAction(
      z.object({ TopicArn: z.string(), PublishBatchRequestEntries: list(z.object({ Id: z.string(), ...content })) }),
      ({ TopicArn, PublishBatchRequestEntries: entries }, { headers }) => {
        const topic = topics.topic(TopicArn);
        checkBatch(entries);
        const size = entries.reduce((sum, entry) => sum + sizeOfContent(entry), 0);
        if (size > maxBytes) {
          throw new AwsError(
            'BatchRequestTooLong',
            'The length of all the messages put together is more than the limit.',
          );
        }
        // One entry that is refused fails the batch.
        const checked = entries.map((entry) => ({
          Id: entry.Id,
          notification: toNotification(topic, entry, { now: clock.now(), headers }),
        }));
        const Successful = checked.map(({ Id, notification }) => ({ Id, ...publish(topic, notification) }));
        return { Successful, Failed: [] };
      },
    ),
  };
}

type Published = { readonly MessageId: string; readonly SequenceNumber?: string | undefined };

type Call = { readonly now: number; readonly headers: ActionContext['headers'] };

function toNotification(topic: Topic, input: Content, { now, headers }: Call): Notification {
  const { Message, Subject, MessageStructure } = input;
  if (Message === '') throw invalid('Empty message');
  if (Subject !== undefined && !/^[\u0020-\u007e]{1,100}$/.test(Subject)) throw invalid('Subject');
  if (sizeOfContent(input) > maxBytes) throw invalid('Message too long');
  checkId('MessageGroupId', input.MessageGroupId);
  checkId('MessageDeduplicationId', input.MessageDeduplicationId);
  const attributes = attributesOf(input);
  checkMessageAttributes(attributes);
  const messageByProtocol = MessageStructure === 'json' ? byProtocol(Message) : {};
  return {
    id: randomUUID(),
    topicArn: topic.arn,
    subject: Subject,
    message: messageByProtocol.default ?? Message,
    messageByProtocol,
    attributes,
    publishedAt: now,
    traceHeader: headers['x-amzn-trace-id'],
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

function sizeOfContent(content: Content): number {
  return sizeOf(content.Message, attributesOf(content));
}
