import * as z from 'zod';
import type { Collection, StateStore } from '../core/state-store.ts';
import { type Notification, notificationSchema } from './notification.ts';
import { type Subscription, subscriptionSchema } from './topic-store.ts';

const deliverySchema = z.object({
  /** Undefined for the request to confirm the subscription. */
  notification: notificationSchema.optional(),
  subscription: subscriptionSchema,
});
type Delivery = { readonly notification?: Notification | undefined; readonly subscription: Subscription };

/** What is on its way to functions and HTTP endpoints, so that a restart does not lose it. */
export class PendingDeliveries {
  readonly #kept: Collection<Delivery>;
  readonly #pending = new Map<string, Delivery>();

  constructor(state: StateStore) {
    this.#kept = state.collection('sns/deliveries', deliverySchema);
  }

  /** What was pending when the state was opened. */
  *left(): Generator<Delivery> {
    for (const [, delivery] of this.#kept.entries()) yield delivery;
  }

  /** What is pending now. */
  all(): readonly Delivery[] {
    return [...this.#pending.values()];
  }

  add(delivery: Delivery): void {
    this.#pending.set(keyOf(delivery), delivery);
    this.#kept.put(keyOf(delivery), delivery);
  }

  /** It was delivered, or given up. */
  remove(delivery: Delivery): void {
    this.#pending.delete(keyOf(delivery));
    this.#kept.delete(keyOf(delivery));
  }
}

function keyOf({ notification, subscription }: Delivery): string {
  return `${notification?.id ?? ''}\n${subscription.arn}`;
}
