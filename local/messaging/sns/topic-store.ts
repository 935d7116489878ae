import { randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { arn } from '../../core/arn.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import { Mirror } from '../../core/mirror.ts';
import type { Collection, StateStore } from '../../core/state-store.ts';
import { type Accepted, Deduplication } from '../sqs/deduplication.ts';
import type { Notification } from './notification.ts';
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

/** Topics and subscriptions. Their attributes are text, as on the wire. */
export class TopicStore {
  readonly #topics: Map<string, Topic>;
  readonly #topicMirror: Mirror<Topic>;
  readonly #subscriptions: Map<string, Subscription>;
  readonly #keptSubscriptions: Collection<Subscription>;
  readonly #deduplication: Deduplication;
  readonly #filters = new WeakMap<Subscription, SubscriptionFilter>();

  constructor(state: StateStore, clock: Clock) {
    this.#deduplication = new Deduplication(clock, state, 'sns/deduplication');
    this.#topicMirror = new Mirror(state, 'sns/topics', topicSchema, () => this.#topics);
    this.#topics = this.#topicMirror.kept();
    this.#keptSubscriptions = state.collection('sns/subscriptions', subscriptionSchema);
    this.#subscriptions = new Map(this.#keptSubscriptions.entries());
  }

  createTopic(name: string, region: string, topic: Pick<Topic, 'attributes' | 'tags'>): Topic {
    const created = { arn: arn('sns', region, name), name, sequence: 0, ...topic };
    this.#topics.set(created.arn, created);
    this.changed(created);
    return created;
  }

  findTopic(topicArn: string): Topic | undefined {
    return this.#topics.get(topicArn);
  }

  /** @throws AwsError NotFound */
  topic(topicArn: string): Topic {
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
    this.#topics.delete(topicArn);
    for (const subscription of this.subscriptionsOf(topicArn)) this.unsubscribe(subscription.arn);
    this.#topicMirror.changed(topicArn);
  }

  topics(): Topic[] {
    return [...this.#topics.values()].sort((a, b) => (a.arn < b.arn ? -1 : 1));
  }

  /** The one that is there already when endpoint and protocol are the same. */
  subscribe(topic: Topic, subscriber: Pick<Subscription, 'protocol' | 'endpoint' | 'attributes'>): Subscription {
    const same = this.subscriptionsOf(topic.arn).find(
      ({ protocol, endpoint }) => protocol === subscriber.protocol && endpoint === subscriber.endpoint,
    );
    if (same !== undefined) {
      // Attributes that are left out are not asked about.
      const known = describeSubscription(same);
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
    const subscription = this.#subscriptions.get(subscriptionArn);
    if (subscription === undefined) throw new AwsError('NotFound', 'Subscription does not exist', 404);
    return subscription;
  }

  subscriptions(): Subscription[] {
    return [...this.#subscriptions.values()].sort((a, b) => (a.arn < b.arn ? -1 : 1));
  }

  subscriptionsOf(topicArn: string): Subscription[] {
    return [...this.#subscriptions.values()].filter((subscription) => subscription.topicArn === topicArn);
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
    this.#subscriptions.set(subscription.arn, subscription);
    this.#keptSubscriptions.put(subscription.arn, subscription);
  }
}
