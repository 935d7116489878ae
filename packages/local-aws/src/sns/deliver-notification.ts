import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import { noObserver, type Observer, type SpanStart } from '../core/observer.ts';
import { parseJson } from '../core/parse-json.ts';
import type { PendingWork } from '../core/pending-work.ts';
import type { StateStore } from '../core/state-store.ts';
import type { Queue } from '../sqs/queue.ts';
import type { QueueStore } from '../sqs/queue-store.ts';
import { enqueue } from '../sqs/send-messages.ts';
import {
  confirmationRequest,
  confirmUrl,
  envelope,
  lambdaEvent,
  messageFor,
  type Notification,
  unsubscribeUrl,
} from './notification.ts';
import type { Outbox } from './outbox.ts';
import { PendingDeliveries } from './pending-deliveries.ts';
import { type Post, postToSubscriber } from './post-to-subscriber.ts';
import type { Subscription } from './topic-store.ts';

export type DeliveryOptions = {
  readonly clock: Clock;
  readonly state: StateStore;
  /** The queues of all regions. */
  readonly queues: Pick<QueueStore, 'byArn'>;
  readonly lambda: LambdaInvoker;
  readonly outbox: Outbox;
  readonly endpointUrl: () => string;
  /** Whether the policies of a queue and of its key let a topic send to it. */
  readonly maySend: (topicArn: string, queueArn: string) => boolean;
  /** Called with what could not be delivered and has no dead-letter queue. */
  readonly onUndelivered: (subscription: Subscription, error: unknown) => void;
  readonly observer?: Observer;
};

/** Hands notifications to subscribers, and to their dead-letter queue when they do not take them. */
export class Deliveries {
  readonly #options: DeliveryOptions;
  readonly #pending: PendingDeliveries;
  /** Aborted when the endpoint closes, and replaced when it drops what is pending. */
  #closing = new AbortController();

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#pending = new PendingDeliveries(options.state);
  }

  /** Takes up what a restart interrupted. */
  resume(): void {
    for (const { notification, subscription } of this.#pending.left()) {
      if (notification === undefined) this.askForConfirmation(subscription);
      else this.deliver(notification, subscription);
    }
  }

  deliver(notification: Notification, subscription: Subscription): void {
    // Queues and the outbox have it at once.
    const isPending = !['sqs', 'email', 'email-json'].includes(subscription.protocol);
    const { signal } = this.#closing;
    if (isPending) this.#pending.add({ notification, subscription });
    this.#observed(notification, subscription)
      .catch((error: unknown) => {
        if (signal.aborted) return;
        if (!this.#toDeadLetters(notification, subscription)) {
          this.#options.onUndelivered(subscription, error);
        }
      })
      .finally(() => {
        if (isPending && !signal.aborted) this.#pending.remove({ notification, subscription });
      });
  }

  /** Asks a subscriber that has to confirm first. */
  askForConfirmation(subscription: Subscription): void {
    const { clock, outbox, endpointUrl } = this.#options;
    const { topicArn, token, protocol, endpoint } = subscription;
    if (token === undefined) return;
    if (protocol === 'email' || protocol === 'email-json') {
      outbox.add({
        to: endpoint,
        subject: 'AWS Notification - Subscription Confirmation',
        body: `You have chosen to subscribe to the topic:\n${topicArn}\n\nTo confirm this subscription, visit:\n${confirmUrl(topicArn, token, endpointUrl())}`,
        sentAt: new Date(clock.now()).toISOString(),
        topicArn,
      });
      return;
    }
    const request = confirmationRequest(subscription, randomUUID(), endpointUrl(), clock.now());
    const { signal } = this.#closing;
    this.#pending.add({ subscription });
    this.#post(subscription, {
      type: 'SubscriptionConfirmation',
      messageId: randomUUID(),
      body: JSON.stringify(request),
    })
      .catch((error: unknown) => {
        if (!signal.aborted) this.#options.onUndelivered(subscription, error);
      })
      .finally(() => {
        if (!signal.aborted) this.#pending.remove({ subscription });
      });
  }

  /** The deliveries that are not finished. */
  pending(): readonly PendingWork[] {
    return this.#pending.all().map(({ notification, subscription: { protocol, endpoint, topicArn } }) => ({
      kind: 'delivery',
      name: `${topicArn} to ${protocol} ${endpoint}`,
      reason: notification === undefined ? 'confirmation request not answered' : 'notification not delivered',
    }));
  }

  /** Drops the deliveries that are not finished. */
  reset(): void {
    this.#closing.abort();
    this.#closing = new AbortController();
    for (const delivery of this.#pending.all()) this.#pending.remove(delivery);
  }

  close(): void {
    this.#closing.abort();
  }

  /** The filter policy of a subscription does not match. */
  skip(notification: Notification, subscription: Subscription): void {
    const { FilterPolicy: pattern = '' } = subscription.attributes;
    this.#observer.mark(() => ({
      ...describe(notification, subscription),
      status: 'filtered',
      attributes: { ...attributesOf(subscription), isMatched: false, filters: [{ pattern, isMatched: false }] },
    }));
  }

  get #observer(): Observer {
    return this.#options.observer ?? noObserver;
  }

  #observed(notification: Notification, subscription: Subscription): Promise<void> {
    const start = (): SpanStart => ({
      ...describe(notification, subscription),
      input: this.#body(notification, subscription),
    });
    return this.#observer.span(start, () => this.#attempt(notification, subscription));
  }

  async #attempt(notification: Notification, subscription: Subscription): Promise<void> {
    const { lambda, outbox, endpointUrl } = this.#options;
    switch (subscription.protocol) {
      case 'sqs':
        this.#toQueue(notification, subscription, subscription.endpoint);
        return;
      case 'lambda':
        await lambda.invoke({
          functionName: subscription.endpoint,
          type: 'Event',
          payload: JSON.stringify(lambdaEvent(notification, subscription, endpointUrl())),
          principal: { kind: 'service', service: 'sns.amazonaws.com', sourceArn: notification.topicArn },
          ...(notification.traceHeader !== undefined && { traceId: notification.traceHeader }),
        });
        return;
      case 'http':
      case 'https':
        await this.#post(subscription, {
          type: 'Notification',
          messageId: notification.id,
          body: this.#body(notification, subscription),
        });
        return;
      case 'email':
      case 'email-json':
        outbox.add({
          to: subscription.endpoint,
          subject: notification.subject ?? 'AWS Notification Message',
          body:
            subscription.protocol === 'email'
              ? `${messageFor(notification, 'email')}\n\n--\nTo stop receiving notifications from this topic, visit:\n${unsubscribeUrl(subscription, endpointUrl())}`
              : JSON.stringify(envelope(notification, subscription, endpointUrl())),
          sentAt: new Date(notification.publishedAt).toISOString(),
          topicArn: notification.topicArn,
        });
        return;
      default:
        throw new Error(`no way to deliver to ${subscription.protocol}`);
    }
  }

  /** Posts a notification once its message is on disk. If the disk is full, it posts it nevertheless. */
  async #post(subscription: Subscription, post: Post): Promise<void> {
    const { clock, state } = this.#options;
    await state.committed().catch(() => {});
    await postToSubscriber({ clock, signal: this.#closing.signal }, subscription, post);
  }

  /** @throws AwsError when there is no such queue, or when it does not take messages of the topic */
  #toQueue(notification: Notification, subscription: Subscription, queueArn: string): void {
    const queue = this.#options.queues.byArn(queueArn);
    if (queue === undefined) throw new AwsError('QueueDoesNotExist', `There is no queue ${queueArn}`);
    if (!this.#options.maySend(notification.topicArn, queueArn)) {
      throw new AwsError(
        'AccessDenied',
        `The policies of ${queueArn} and of its key do not let ${notification.topicArn} send to it`,
        403,
      );
    }
    this.#enqueue(notification, subscription, queue);
  }

  /** @throws AwsError when the queue refuses the message: too large, or raw with more than ten attributes */
  #enqueue(notification: Notification, subscription: Subscription, queue: Queue): void {
    const isRaw = subscription.attributes.RawMessageDelivery === 'true';
    // A FIFO topic does not tell a standard queue of groups, a standard topic does.
    const hasGroups = queue.isFifo || notification.deduplicationId === undefined;
    enqueue(
      queue,
      {
        MessageBody: this.#body(notification, subscription),
        MessageAttributes: isRaw ? notification.attributes : {},
        ...(hasGroups
          ? { MessageGroupId: notification.groupId, MessageDeduplicationId: notification.deduplicationId }
          : {}),
      },
      { id: 'sns.amazonaws.com', traceHeader: notification.traceHeader },
    );
  }

  #body(notification: Notification, subscription: Subscription): string {
    return subscription.attributes.RawMessageDelivery === 'true'
      ? messageFor(notification, subscription.protocol)
      : JSON.stringify(envelope(notification, subscription, this.#options.endpointUrl()));
  }

  /** A dead letter is the message that the subscriber did not take, with nothing about the reason. */
  #toDeadLetters(notification: Notification, subscription: Subscription): boolean {
    const policy = redrivePolicy.safeParse(subscription.attributes.RedrivePolicy);
    const queue = this.#options.queues.byArn(policy.data?.deadLetterTargetArn ?? '');
    if (queue === undefined || !this.#options.maySend(notification.topicArn, queue.identity.arn)) return false;
    try {
      this.#enqueue(notification, subscription, queue);
      return true;
    } catch (refusal) {
      if (refusal instanceof AwsError) return false;
      throw refusal;
    }
  }
}

function describe({ topicArn }: Notification, subscription: Subscription): SpanStart {
  return {
    kind: 'delivery',
    service: 'sns',
    resource: topicArn.split(':').at(-1) ?? topicArn,
    operation: `to ${subscription.protocol} ${subscription.endpoint}`,
    attributes: attributesOf(subscription),
  };
}

function attributesOf({ arn, topicArn, endpoint, attributes }: Subscription): NonNullable<SpanStart['attributes']> {
  const { FilterPolicy: pattern } = attributes;
  return {
    mechanism: 'topic',
    source: topicArn,
    target: endpoint,
    subscription: arn,
    batchSize: 1,
    isMatched: true,
    filters: pattern === undefined ? [] : [{ pattern, isMatched: true }],
  };
}

const redrivePolicy = z
  .string()
  .transform(parseJson)
  .pipe(z.object({ deadLetterTargetArn: z.string() }));
