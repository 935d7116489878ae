import { randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { Mirror } from '../core/mirror.ts';
import { NameIndex, type NamePage } from '../core/name-index.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { type Accepted, Deduplication } from '../sqs/deduplication.ts';
import type { Notification } from './notification.ts';
import { checkArn } from './sns-action.ts';
import { compileSubscriptionFilter, type SubscriptionFilter } from './subscription-filter.ts';
import { describeSubscription } from './topic-attributes.ts';

const attributes = z.record(z.string(), z.string());
export const subscriptionSchema = z.object({
  arn: z.string(),
  topicArn: z.string(),
  protocol: z.string(),
  endpoint: z.string(),
  attributes,
  /** What a confirmation has to show; undefined once it is confirmed. */
  token: z.string().optional(),
});
const topicSchema = z.object({
  arn: z.string(),
  name: z.string(),
  attributes,
  tags: attributes,
  /** Of the last message of a FIFO topic. */
  sequence: z.number(),
});

export type Topic = z.infer<typeof topicSchema>;
type FifoMessage = Pick<Notification, 'id' | 'groupId' | 'deduplicationId'>;
export type Subscription = Readonly<z.infer<typeof subscriptionSchema>>;

/** The subscriptions of one topic. */
type Subscribers = {
  /** By protocol and endpoint, in the order in which they subscribed. */
  readonly byEndpoint: Map<string, Subscription>;
  /** Those to be confirmed, by token. */
  readonly pending: Map<string, Subscription>;
};

/** SNS lists topics and subscriptions in pages of a hundred. */
const pageSize = 100;

/** Topics and subscriptions. Their attributes are text, as on the wire. */
export class TopicStore {
  /** By ARN. */
  readonly #topics = new NameIndex<Topic>();
  readonly #topicMirror: Mirror<Topic>;
  readonly #topicsByName = new Map<string, Topic>();
  /** By ARN, which begins with the ARN of the topic. */
  readonly #subscriptions = new NameIndex<Subscription>();
  readonly #keptSubscriptions: Collection<Subscription>;
  /** By the ARN of the topic. */
  readonly #subscribers = new Map<string, Subscribers>();
  readonly #deduplication: Deduplication;
  readonly #filters = new WeakMap<Subscription, SubscriptionFilter>();

  constructor(state: StateStore, clock: Clock) {
    this.#deduplication = new Deduplication(clock, state, 'sns/deduplication');
    this.#topicMirror = new Mirror(state, 'sns/topics', topicSchema, () => this.#topics);
    for (const topic of this.#topicMirror.kept().values()) this.#addTopic(topic);
    this.#keptSubscriptions = state.collection('sns/subscriptions', subscriptionSchema);
    for (const [, subscription] of this.#keptSubscriptions.entries()) this.#addSubscription(subscription);
  }

  createTopic(name: string, region: string, topic: Pick<Topic, 'attributes' | 'tags'>): Topic {
    const created = { arn: arn('sns', region, name), name, sequence: 0, ...topic };
    this.#addTopic(created);
    this.changed(created);
    return created;
  }

  /** Names are unique in all regions together. */
  topicNamed(name: string): Topic | undefined {
    return this.#topicsByName.get(name);
  }

  findTopic(topicArn: string): Topic | undefined {
    return this.#topics.get(topicArn);
  }

  /** @throws AwsError NotFound */
  topic(topicArn: string): Topic {
    checkArn('TopicArn', topicArn);
    const topic = this.#topics.get(topicArn);
    if (topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return topic;
  }

  /** Numbers a message of a FIFO topic, or tells the one that it is a duplicate of. */
  accept(topic: Topic, { id, groupId, deduplicationId }: FifoMessage): Accepted {
    const isByGroup = topic.attributes.FifoThroughputScope === 'MessageGroup';
    const key = [topic.arn, ...(isByGroup ? [groupId] : []), deduplicationId].join('\n');
    const known = this.#deduplication.find(key);
    if (known !== undefined) return known;
    topic.sequence += 1;
    const message = { id, sequenceNumber: String(topic.sequence).padStart(20, '0') };
    this.#deduplication.remember(key, message);
    this.changed(topic);
    return message;
  }

  deleteTopic(topicArn: string): void {
    const topic = this.#topics.get(topicArn);
    if (topic !== undefined) this.#topicsByName.delete(topic.name);
    this.#topics.delete(topicArn);
    for (const subscription of this.subscriptionsOf(topicArn)) this.unsubscribe(subscription.arn);
    this.#subscribers.delete(topicArn);
    this.#topicMirror.changed(topicArn);
  }

  /** A page of the topics, in the order of their ARNs. */
  listTopics(after: string | undefined): NamePage<Topic> {
    return this.#topics.page({ after, size: pageSize });
  }

  /** The one that is there already when endpoint and protocol are the same. */
  subscribe(topic: Topic, subscriber: Pick<Subscription, 'protocol' | 'endpoint' | 'attributes'>): Subscription {
    const same = this.#subscribers.get(topic.arn)?.byEndpoint.get(endpointKey(subscriber));
    if (same !== undefined) {
      // Attributes that are left out are not asked about.
      const known = new Map([['FilterPolicyScope', 'MessageAttributes'], ...describeSubscription(same)]);
      if (Object.entries(subscriber.attributes).every(([name, value]) => known.get(name) === value)) return same;
      throw new AwsError(
        'InvalidParameter',
        'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
      );
    }
    const isConfirmed = subscriber.protocol === 'sqs' || subscriber.protocol === 'lambda';
    const subscription = {
      arn: `${topic.arn}:${randomUUID()}`,
      topicArn: topic.arn,
      ...subscriber,
      ...(isConfirmed ? {} : { token: randomBytes(32).toString('hex') }),
    };
    this.#put(subscription);
    return subscription;
  }

  findSubscription(subscriptionArn: string): Subscription | undefined {
    return this.#subscriptions.get(subscriptionArn);
  }

  /** @throws AwsError NotFound */
  subscription(subscriptionArn: string): Subscription {
    checkArn('SubscriptionArn', subscriptionArn);
    const subscription = this.#subscriptions.get(subscriptionArn);
    if (subscription === undefined) throw new AwsError('NotFound', 'Subscription does not exist', 404);
    return subscription;
  }

  /** A page of the subscriptions, of all topics or of one, in the order of their ARNs. */
  listSubscriptions(after: string | undefined, topicArn?: string): NamePage<Subscription> {
    const prefix = topicArn === undefined ? undefined : `${topicArn}:`;
    return this.#subscriptions.page({ prefix, after, size: pageSize });
  }

  /** Forgets the deduplication ids of all FIFO topics. */
  forgetMessages(): void {
    this.#deduplication.forget();
  }

  /** In the order in which they subscribed. */
  subscriptionsOf(topicArn: string): Subscription[] {
    return [...(this.#subscribers.get(topicArn)?.byEndpoint.values() ?? [])];
  }

  countSubscriptions(topicArn: string): { readonly confirmed: number; readonly pending: number } {
    const subscribers = this.#subscribers.get(topicArn);
    const pending = subscribers?.pending.size ?? 0;
    return { confirmed: (subscribers?.byEndpoint.size ?? 0) - pending, pending };
  }

  /** The subscription that waits for this token. */
  pendingSubscription(topicArn: string, token: string): Subscription | undefined {
    return this.#subscribers.get(topicArn)?.pending.get(token);
  }

  setSubscriptionAttributes(subscription: Subscription, next: Readonly<Record<string, string>>): Subscription {
    const changed = { ...subscription, attributes: { ...next } };
    this.#put(changed);
    return changed;
  }

  confirm({ token: _token, ...subscription }: Subscription): void {
    this.#put(subscription);
  }

  unsubscribe(subscriptionArn: string): void {
    const subscription = this.#subscriptions.get(subscriptionArn);
    if (subscription !== undefined) {
      const subscribers = this.#subscribers.get(subscription.topicArn);
      subscribers?.byEndpoint.delete(endpointKey(subscription));
      subscribers?.pending.delete(subscription.token ?? '');
    }
    this.#subscriptions.delete(subscriptionArn);
    this.#keptSubscriptions.delete(subscriptionArn);
  }

  filterOf(subscription: Subscription): SubscriptionFilter {
    const known = this.#filters.get(subscription);
    if (known !== undefined) return known;
    const filter = compileSubscriptionFilter(subscription.attributes);
    this.#filters.set(subscription, filter);
    return filter;
  }

  /** To be called after a change of a topic. */
  changed({ arn: topicArn }: Topic): void {
    this.#topicMirror.changed(topicArn);
  }

  #put(subscription: Subscription): void {
    this.#addSubscription(subscription);
    this.#keptSubscriptions.put(subscription.arn, subscription);
  }

  #addTopic(topic: Topic): void {
    this.#topics.set(topic.arn, topic);
    this.#topicsByName.set(topic.name, topic);
  }

  #addSubscription(subscription: Subscription): void {
    const { arn, topicArn, token } = subscription;
    const subscribers = this.#subscribers.get(topicArn) ?? { byEndpoint: new Map(), pending: new Map() };
    this.#subscribers.set(topicArn, subscribers);
    const earlier = this.#subscriptions.get(arn);
    if (earlier?.token !== undefined) subscribers.pending.delete(earlier.token);
    if (token !== undefined) subscribers.pending.set(token, subscription);
    subscribers.byEndpoint.set(endpointKey(subscription), subscription);
    this.#subscriptions.set(arn, subscription);
  }
}

function endpointKey({ protocol, endpoint }: Pick<Subscription, 'protocol' | 'endpoint'>): string {
  return `${protocol} ${endpoint}`;
}
