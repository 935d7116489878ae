import { parseArn } from '../core/arn.ts';
import type { Observer } from '../core/observer.ts';
import type { BusEvent } from './bus-event.ts';
import type { BusStore, EventBus } from './bus-store.ts';
import { isEnabled, type Rule } from './rule.ts';
import type { RuleStore } from './rule-store.ts';
import type { OnEventsMetric, TargetDeliveries } from './target-deliveries.ts';

type Ports = {
  readonly buses: BusStore;
  readonly rules: RuleStore;
  readonly observer: Observer;
  readonly onMetric: OnEventsMetric;
};

/** Compares events with the rules of their bus, and hands those that match to the targets. */
export class EventRouter {
  readonly #ports: Ports;
  readonly #deliveries: () => TargetDeliveries;

  constructor(ports: Ports, deliveries: () => TargetDeliveries) {
    this.#ports = ports;
    this.#deliveries = deliveries;
  }

  /** @param isForwarded whether it comes from another bus: such an event does not go on to a third one */
  route(event: BusEvent, bus: EventBus, traceHeader?: string, isForwarded = false): void {
    const { rules, onMetric, observer } = this.#ports;
    for (const rule of rules.on(bus)) {
      const isMatched = isEnabled(rule) ? rules.matches(rule, event) : undefined;
      if (isMatched === undefined) continue;
      if (!isMatched) {
        observer.mark(() => ({ ...describeMismatch(rule, event), traceHeader }));
        continue;
      }
      onMetric('MatchedEvents', rule);
      this.trigger(rule, event, traceHeader, isForwarded);
    }
  }

  /** Hands an event to all targets of a rule. */
  trigger(rule: Rule, event: BusEvent, traceHeader?: string, isForwarded = false): void {
    this.#ports.onMetric('TriggeredRules', rule);
    for (const target of rule.targets) {
      if (isForwarded && parseArn(target.Arn)?.service === 'events') continue;
      this.#deliveries().deliver(event, rule, target, traceHeader);
    }
  }

  /** Takes an event from a rule of another bus; false when there is no such bus. */
  forward(event: BusEvent, busArn: string): boolean {
    const bus = this.#ports.buses.find(busArn, parseArn(busArn)?.region ?? '');
    if (bus !== undefined) this.route(event, bus, undefined, true);
    return bus !== undefined;
  }
}

function describeMismatch({ name, arn: rule, busArn: source, pattern = '' }: Rule, event: BusEvent) {
  return {
    kind: 'delivery',
    service: 'events',
    resource: name,
    operation: event['detail-type'],
    status: 'filtered',
    attributes: { mechanism: 'bus', source, rule, isMatched: false, filters: [{ pattern, isMatched: false }] },
  } as const;
}
