import { type Clock, sleep } from '../core/clock.ts';
import type { Principal } from '../core/principal.ts';
import { backOff } from './back-off.ts';
import type { DeliverMessage } from './deliver-message.ts';

const tries = 5;

/** Sends a record of failure; yields false when even that fails, and the record is lost. */
export async function sendFailure(
  { clock, deliver }: { clock: Clock; deliver: DeliverMessage },
  { principal, ...message }: { destinationArn: string; body: string; principal: () => Principal },
): Promise<boolean> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if (attempt > 0) await sleep(clock, backOff(attempt, 100, 5000));
    try {
      await deliver({ ...message, attributes: {}, principal: principal() });
      return true;
    } catch {
      // Tried again: the destination may be throttled or about to be made.
    }
  }
  return false;
}
