import { defaultRegion } from './arn.ts';
import type { Observer, SpanStart } from './observer.ts';

/** Notes the region in the spans of services that are not in the default one: names are unique within a region only. */
export function observerIn(region: string, observer: Observer): Observer {
  if (region === defaultRegion) return observer;
  const located = <T extends SpanStart>(start: T): T => ({ ...start, attributes: { ...start.attributes, region } });
  return {
    span: (start, work) => observer.span(() => located(start()), work),
    mark: (describe) => observer.mark(() => located(describe())),
    step: (name, text) => observer.step(name, text),
    sent: (messageId) => observer.sent(messageId),
    moved: (move) => observer.moved(move),
    causeOf: (origin) => observer.causeOf(origin),
  };
}
