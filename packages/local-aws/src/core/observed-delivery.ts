import type { DeliverMessage } from './deliver-message.ts';
import type { Observer } from './observer.ts';

/** Makes a span of each message that a service sends on its own account. An alarm begins a trace with it. */
export function observedDelivery(
  observer: Observer,
  deliver: DeliverMessage,
  mechanism: 'alarm' | 'destination' | 'notification',
): DeliverMessage {
  return (message) => {
    const { destinationArn, body } = message;
    const [, , service = '', , , ...rest] = destinationArn.split(':');
    return observer.span(
      () => ({
        kind: 'delivery',
        service,
        resource: rest.at(-1) ?? destinationArn,
        operation: mechanism,
        input: body,
        attributes: { mechanism, target: destinationArn },
        ...(mechanism === 'alarm' && { causes: [] }),
      }),
      () => deliver(message),
    );
  };
}
