import * as z from 'zod';
import { accountId } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { NamePage } from '../core/name-index.ts';
import { decodeToken, encodeToken } from './manage-topics.ts';
import { checkArn, invalid, map, type SnsAction, snsAction } from './sns-action.ts';
import { checkProtocol, describeSubscription, readSubscriptionAttributes } from './topic-attributes.ts';
import type { Subscription, Topic, TopicStore } from './topic-store.ts';

const subscribeInput = z.object({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string(),
  Attributes: map(),
  ReturnSubscriptionArn: z.string().optional(),
});
const onSubscription = z.object({ SubscriptionArn: z.string() });

/** Asks a new subscriber to confirm, where its protocol wants that. */
export type AskForConfirmation = (subscription: Subscription) => void;

export function subscriptionActions(
  topics: TopicStore,
  askForConfirmation: AskForConfirmation,
): Readonly<Record<string, SnsAction>> {
  return {
    Subscribe: snsAction(subscribeInput, ({ TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn }) => {
      const subscription = subscribe(topics, askForConfirmation, TopicArn, {
        protocol: Protocol,
        endpoint: Endpoint,
        attributes: Attributes,
      });
      const isTold = subscription.token === undefined || ReturnSubscriptionArn === 'true';
      return { SubscriptionArn: isTold ? subscription.arn : 'pending confirmation' };
    }),
    ConfirmSubscription: snsAction(z.object({ TopicArn: z.string(), Token: z.string() }), ({ TopicArn, Token }) => {
      const subscription = topics.pendingSubscription(TopicArn, Token);
      if (subscription === undefined) throw invalid('Token');
      topics.confirm(subscription);
      return { SubscriptionArn: subscription.arn };
    }),
    Unsubscribe: snsAction(onSubscription, ({ SubscriptionArn }) => {
      checkArn('SubscriptionArn', SubscriptionArn);
      if (SubscriptionArn.split(':').length === 6) throw invalid('SubscriptionId');
      topics.unsubscribe(SubscriptionArn);
      return {};
    }),
    GetSubscriptionAttributes: snsAction(onSubscription, ({ SubscriptionArn }) => ({
      Attributes: describeSubscription(topics.subscription(SubscriptionArn)),
    })),
    SetSubscriptionAttributes: snsAction(
      onSubscription.extend({ AttributeName: z.string(), AttributeValue: z.string().default('') }),
      ({ SubscriptionArn, AttributeName, AttributeValue }) => {
        const subscription = topics.subscription(SubscriptionArn);
        const { [AttributeName]: _replaced, ...others } = subscription.attributes;
        // An empty value takes an attribute away, except that this one has to be true or false.
        const isTakenAway = AttributeValue === '' && AttributeName !== 'RawMessageDelivery';
        setSubscriptionAttributes(topics, subscription, {
          ...others,
          ...(isTakenAway ? {} : { [AttributeName]: AttributeValue }),
        });
        return {};
      },
    ),
    ListSubscriptions: snsAction(z.object({ NextToken: z.string().optional() }), ({ NextToken }) =>
      listOf(topics.listSubscriptions(decodeToken(NextToken))),
    ),
    ListSubscriptionsByTopic: snsAction(
      z.object({ TopicArn: z.string(), NextToken: z.string().optional() }),
      ({ TopicArn, NextToken }) => {
        topics.topic(TopicArn);
        return listOf(topics.listSubscriptions(decodeToken(NextToken), TopicArn));
      },
    ),
  };
}

/** @throws AwsError */
export function subscribe(
  topics: TopicStore,
  askForConfirmation: AskForConfirmation,
  topicArn: string,
  subscriber: Pick<Subscription, 'protocol' | 'endpoint' | 'attributes'>,
): Subscription {
  const { protocol, endpoint } = subscriber;
  checkProtocol(protocol);
  checkEndpoint(protocol, endpoint);
  const attributes = readOf(subscriber);
  const topic = topics.topic(topicArn);
  checkKind(topic, protocol, endpoint);
  const subscription = topics.subscribe(topic, { protocol, endpoint, attributes });
  askForConfirmation(subscription);
  return subscription;
}

/** Subscribe reports a wrong attribute as one of several. */
function readOf({ attributes, endpoint }: Pick<Subscription, 'attributes' | 'endpoint'>): Subscription['attributes'] {
  // An empty policy is none.
  const { FilterPolicy, ...others } = attributes;
  try {
    return readSubscriptionAttributes(FilterPolicy ? attributes : others, endpoint);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalid(error.message.replace('Invalid parameter: ', 'Attributes Reason: '));
  }
}

/** Replaces all of them. @throws AwsError */
export function setSubscriptionAttributes(
  topics: TopicStore,
  subscription: Subscription,
  attributes: Readonly<Record<string, string>>,
): void {
  topics.setSubscriptionAttributes(subscription, readSubscriptionAttributes(attributes, subscription.endpoint));
}

function checkEndpoint(protocol: string, endpoint: string): void {
  const isValid =
    protocol === 'sqs' || protocol === 'lambda'
      ? endpoint.startsWith(`arn:aws:${protocol}:`)
      : protocol.startsWith('email')
        ? /^[^\s@]+@[^\s]+$/.test(endpoint)
        : URL.canParse(endpoint) && new URL(endpoint).protocol === `${protocol}:`;
  if (!isValid) throw invalid(protocol === 'sqs' ? 'SQS endpoint ARN' : `${protocol.toUpperCase()} endpoint`);
}

/** FIFO topics send to queues only, to those of both kinds; FIFO queues take from FIFO topics only. */
function checkKind({ attributes }: Topic, protocol: string, endpoint: string): void {
  const isFifo = attributes.FifoTopic === 'true';
  if (isFifo && protocol !== 'sqs') throw invalid(`Invalid protocol type: ${protocol}`);
  if (!isFifo && protocol === 'sqs' && endpoint.endsWith('.fifo')) {
    // AWS says this twice.
    throw invalid('Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics');
  }
}

function listOf(page: NamePage<Subscription>): object {
  return {
    Subscriptions: page.items.map(({ arn, topicArn, protocol, endpoint, token: pending }) => ({
      SubscriptionArn: pending === undefined ? arn : 'PendingConfirmation',
      Owner: accountId,
      Protocol: protocol,
      Endpoint: endpoint,
      TopicArn: topicArn,
    })),
    NextToken: encodeToken(page.last),
  };
}
