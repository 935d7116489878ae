import type { Event } from './framework.ts';
import type { ServiceContext } from './service-context.ts';

/**
 * Reserves concurrency for the functions behind APIs, by parameter: it limits how many run at once, whatever clients send.
 * Consumers of queues have `maximumConcurrency`; a lower reservation would throttle them, which counts as failed receives.
 */
export function reserveConcurrency({ service, parameters: { reservedConcurrency }, note }: ServiceContext): void {
  if (reservedConcurrency === 0) return;
  for (const [name, definition] of Object.entries(service.functions)) {
    if (definition.reservedConcurrency !== undefined || !(definition.events ?? []).some(isRoute)) continue;
    definition.reservedConcurrency = reservedConcurrency;
    note(`functions.${name}`, `reservedConcurrency: ${reservedConcurrency}`, 'the parameter reservedConcurrency');
  }
}

function isRoute(event: string | Event): boolean {
  return typeof event !== 'string' && (event.http !== undefined || event.httpApi !== undefined);
}
