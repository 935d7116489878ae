import * as z from 'zod';
import { attributeSchema, type MessageAttributes } from '../sqs/message.ts';
import type { Subscription } from './topic-store.ts';

/** A message that was published to a topic. */
export const notificationSchema = z.object({
  id: z.string(),
  topicArn: z.string(),
  subject: z.string().optional(),
  /** What protocols get that `messageByProtocol` has nothing for. */
  message: z.string(),
  messageByProtocol: z.record(z.string(), z.string()),
  attributes: z.record(z.string(), attributeSchema),
  publishedAt: z.number(),
  groupId: z.string().optional(),
  deduplicationId: z.string().optional(),
  sequenceNumber: z.string().optional(),
  /** `X-Amzn-Trace-Id` of the publisher, for queues and functions. */
  traceHeader: z.string().optional(),
});
export type Notification = Readonly<z.infer<typeof notificationSchema>>;

export function messageFor({ message, messageByProtocol }: Notification, protocol: string): string {
  return messageByProtocol[protocol] ?? message;
}

/** Nothing is signed here; receivers that check signatures have to be told so. */
const signature = {
  SignatureVersion: '1',
  Signature: 'unsigned',
  SigningCertURL: 'https://sns.us-east-1.amazonaws.com/unsigned.pem',
};

/** What queues and HTTP endpoints get, unless they asked for raw messages. */
export function envelope(notification: Notification, subscription: Subscription, endpointUrl: string): object {
  const { id, topicArn, subject, attributes, publishedAt, sequenceNumber } = notification;
  return {
    Type: 'Notification',
    MessageId: id,
    ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }),
    TopicArn: topicArn,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: messageFor(notification, subscription.protocol),
    Timestamp: new Date(publishedAt).toISOString(),
    // Messages of FIFO topics are not signed.
    ...(sequenceNumber === undefined ? signature : {}),
    UnsubscribeURL: unsubscribeUrl(subscription, endpointUrl),
    ...(Object.keys(attributes).length === 0 ? {} : { MessageAttributes: enveloped(attributes) }),
  };
}

/** The event of a Lambda function that subscribed. */
export function lambdaEvent(notification: Notification, subscription: Subscription, endpointUrl: string): object {
  const { id, topicArn, subject, attributes, publishedAt } = notification;
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          Type: 'Notification',
          MessageId: id,
          TopicArn: topicArn,
          Subject: subject ?? null,
          Message: messageFor(notification, 'lambda'),
          Timestamp: new Date(publishedAt).toISOString(),
          SignatureVersion: signature.SignatureVersion,
          Signature: signature.Signature,
          SigningCertUrl: signature.SigningCertURL,
          UnsubscribeUrl: unsubscribeUrl(subscription, endpointUrl),
          MessageAttributes: enveloped(attributes),
        },
      },
    ],
  };
}

/** What an HTTP endpoint gets first; visiting SubscribeURL confirms the subscription. */
export function confirmationRequest(
  { topicArn, token = '' }: Subscription,
  id: string,
  endpointUrl: string,
  now: number,
): object {
  return {
    Type: 'SubscriptionConfirmation',
    MessageId: id,
    Token: token,
    TopicArn: topicArn,
    Message: `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
    SubscribeURL: confirmUrl(topicArn, token, endpointUrl),
    Timestamp: new Date(now).toISOString(),
    ...signature,
  };
}

export function confirmUrl(topicArn: string, token: string, endpointUrl: string): string {
  return `${endpointUrl}/?${new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token: token })}`;
}

export function unsubscribeUrl({ arn }: Subscription, endpointUrl: string): string {
  // The colons of the ARN are not encoded on AWS either.
  return `${endpointUrl}/?Action=Unsubscribe&SubscriptionArn=${arn}`;
}

function enveloped(attributes: MessageAttributes): object {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? BinaryValue ?? '' },
    ]),
  );
}
