import { type Clock, sleep } from '../core/clock.ts';
import type { Subscription } from './topic-store.ts';

/** SNS's own policy for HTTP where none is set: three retries, 20 seconds apart. */
const retries = 3;
const retryDelay = 20_000;
const timeout = 15_000;

export type Post = {
  readonly type: 'Notification' | 'SubscriptionConfirmation';
  readonly messageId: string;
  readonly body: string;
};

/**
 * Posts to the HTTP endpoint of a subscription until it is taken.
 * @throws Error when it is not, however often it is tried, or when `signal` aborts
 */
export async function postToSubscriber(
  { clock, signal }: { clock: Clock; signal: AbortSignal },
  subscription: Subscription,
  post: Post,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await postOnce({ clock, signal }, subscription, post);
      return;
    } catch (error) {
      if (attempt === retries || signal.aborted) throw error;
      await sleep(clock, retryDelay, signal);
    }
  }
}

async function postOnce(
  { clock, signal }: { clock: Clock; signal: AbortSignal },
  { arn, topicArn, endpoint, attributes }: Subscription,
  { type, messageId, body }: Post,
): Promise<void> {
  const late = new AbortController();
  const timer = clock.schedule(() => late.abort(new Error(`${endpoint} did not answer within 15 s`)), timeout);
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      body,
      signal: AbortSignal.any([signal, late.signal]),
      headers: {
        'content-type': 'text/plain; charset=UTF-8',
        'user-agent': 'Amazon Simple Notification Service Agent',
        'x-amz-sns-message-id': messageId,
        'x-amz-sns-message-type': type,
        'x-amz-sns-topic-arn': topicArn,
        ...(type === 'Notification' ? { 'x-amz-sns-subscription-arn': arn } : {}),
        ...(attributes.RawMessageDelivery === 'true' ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
      },
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`${endpoint} answered ${response.status}`);
  } finally {
    timer.cancel();
  }
}
