import { backOff } from './back-off.ts';
import { type Clock, sleep } from './clock.ts';
import type { DeliverMessage } from './deliver-message.ts';
import type { Principal } from './principal.ts';

const tries = 5;

type Letter = {
  readonly destinationArn: string;
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** Asked at each try. */
  readonly principal: () => Principal;
};

/**
 * Sends the record of a result to its destination or dead-letter queue, in several tries over some seconds.
 * Yields false when none succeeds, or when `signal` aborts first, and the message is lost.
 */
export async function deliverWithRetries(
  { clock, deliver, signal }: { clock: Clock; deliver: DeliverMessage; signal?: AbortSignal },
  { principal, attributes = {}, ...message }: Letter,
): Promise<boolean> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if (attempt > 0) await sleep(clock, backOff(attempt, 100, 5000), signal);
    if (signal?.aborted) return false;
    try {
      await deliver({ ...message, attributes, principal: principal() });
      return true;
    } catch {
      // Tried again: the destination may be throttled or about to be made.
    }
  }
  return false;
}
