import type { AwsApi } from '../core/aws-api.ts';
import type { PendingWork } from '../core/pending-work.ts';
import { type QueryAction, queryApi } from '../core/query-protocol.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { Deliveries, type DeliveryOptions } from './deliver-notification.ts';
import { subscriptionActions } from './manage-subscriptions.ts';
import { topicActions } from './manage-topics.ts';
import { type Email, Outbox } from './outbox.ts';
import { publishActions } from './publish.ts';
import { policyOfTopic } from './topic-attributes.ts';
import { topicResources } from './topic-resources.ts';
import { type Subscription, TopicStore } from './topic-store.ts';

export type SnsOptions = Omit<DeliveryOptions, 'outbox' | 'onUndelivered'> & {
  /** Called for each notification that is lost: its subscriber did not take it, and has no dead-letter queue. */
  readonly onUndelivered: (text: string) => void;
};

export type Sns = {
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  /** The emails that topics would have sent, newest first: the page `/_local/emails`. */
  emails(): readonly Email[];
  policyOf(topicArn: string): string | undefined;
  encryptionKeyOf(topicArn: string): string | undefined;
  subscriptionsOf(topicArn: string): readonly Subscription[];
  /** The deliveries that are not finished. */
  pending(): readonly PendingWork[];
  /** Drops those deliveries, the emails, and the deduplication ids of the topics. */
  reset(): void;
  /** Takes up the deliveries that a restart interrupted. */
  resume(): void;
  close(): void;
};

/** SNS (AWS Query). */
export function createSns({ onUndelivered, ...ports }: SnsOptions): Sns {
  const outbox = new Outbox(ports.state);
  const options: DeliveryOptions = {
    ...ports,
    outbox,
    onUndelivered: ({ protocol, endpoint, topicArn }, cause) =>
      onUndelivered(
        `${topicArn} could not deliver to ${protocol} ${endpoint}: ${cause instanceof Error ? cause.message : String(cause)}`,
      ),
  };
  const topics = new TopicStore(options.state, options.clock);
  const deliveries = new Deliveries(options);
  const askForConfirmation = deliveries.askForConfirmation.bind(deliveries);
  const actions: Readonly<Record<string, QueryAction>> = {
    ...topicActions(topics),
    ...subscriptionActions(topics, askForConfirmation),
    ...publishActions(topics, options.clock, (notification) => {
      for (const subscription of topics.subscriptionsOf(notification.topicArn)) {
        if (subscription.token !== undefined) continue;
        if (topics.filterOf(subscription)(notification)) deliveries.deliver(notification, subscription);
        else deliveries.skip(notification, subscription);
      }
    }),
  };
  return {
    api: queryApi('sns', 'http://sns.amazonaws.com/doc/2010-03-31/', actions),
    resourceTypes: topicResources(topics, askForConfirmation),
    policyOf(topicArn) {
      const topic = topics.findTopic(topicArn);
      return topic === undefined ? undefined : policyOfTopic(topic);
    },
    encryptionKeyOf: (topicArn) => topics.findTopic(topicArn)?.attributes.KmsMasterKeyId,
    subscriptionsOf: (topicArn) => topics.subscriptionsOf(topicArn),
    emails: () => outbox.list(),
    pending: () => deliveries.pending(),
    reset() {
      deliveries.reset();
      outbox.clear();
      topics.forgetMessages();
    },
    resume: () => deliveries.resume(),
    close: () => deliveries.close(),
  };
}
