import type { AwsApi } from '../core/aws-api.ts';
import { type QueryAction, queryApi } from '../core/query-protocol.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { Deliveries, type DeliveryOptions } from './deliver-notification.ts';
import { subscriptionActions } from './manage-subscriptions.ts';
import { topicActions } from './manage-topics.ts';
import { publishActions } from './publish.ts';
import { policyOfTopic } from './topic-attributes.ts';
import { topicResources } from './topic-resources.ts';
import { type Subscription, TopicStore } from './topic-store.ts';

export type Sns = {
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  policyOf(topicArn: string): string | undefined;
  subscriptionsOf(topicArn: string): readonly Subscription[];
  /** Takes up the deliveries that a restart interrupted. */
  resume(): void;
  close(): void;
};

/** SNS (AWS Query). */
export function createSns(options: DeliveryOptions): Sns {
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
    subscriptionsOf: (topicArn) => topics.subscriptionsOf(topicArn),
    resume: () => deliveries.resume(),
    close: () => deliveries.close(),
  };
}
