import { randomUUID } from 'node:crypto';
import type { AwsApi } from '../core/aws-api.ts';
import type { JsonObject } from '../core/json.ts';
import { jsonApi } from '../core/json-protocol.ts';
import type { PendingWork } from '../core/pending-work.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { busActions } from './bus-actions.ts';
import { busEvent } from './bus-event.ts';
import { busPolicyResource, busResource } from './bus-resources.ts';
import { BusStore } from './bus-store.ts';
import { EventRouter } from './event-router.ts';
import { putEventsAction } from './put-events.ts';
import { ruleActions } from './rule-actions.ts';
import { ruleResource } from './rule-resource.ts';
import { RuleStore } from './rule-store.ts';
import { RuleTimers } from './rule-timers.ts';
import { tagActions } from './tag-actions.ts';
import { targetActions } from './target-actions.ts';
import { TargetDeliveries, type TargetDeliveriesOptions } from './target-deliveries.ts';
import { testEventPattern } from './test-event-pattern.ts';

type ServiceEvent = {
  readonly region: string;
  /** `aws.s3`. */
  readonly source: string;
  readonly detailType: string;
  readonly detail: JsonObject;
  readonly resources: readonly string[];
};

export type EventBridge = {
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  policyOf(busArn: string): string | undefined;
  /** Takes an event of an AWS service, for the default bus of its region. */
  receive(event: ServiceEvent): void;
  /** The deliveries that are not finished. */
  pending(): readonly PendingWork[];
  /** Drops those deliveries. */
  reset(): void;
  /** Takes up the deliveries that a restart interrupted. */
  resume(): void;
  close(): void;
};

/** EventBridge: buses, rules with patterns or schedules, and their targets (AWS JSON 1.1). */
export function createEventBridge(options: TargetDeliveriesOptions): EventBridge {
  const { clock, state, observer, onError, onMetric } = options;
  const buses = new BusStore(state, clock);
  const rules: RuleStore = new RuleStore(state, clock, (ruleArn) => timers.changed(ruleArn));
  const router: EventRouter = new EventRouter({ buses, rules, observer, onMetric }, () => deliveries);
  const deliveries = new TargetDeliveries(options, (event, busArn) => router.forward(event, busArn));
  const timers = new RuleTimers({
    clock,
    observer,
    find: (ruleArn) => rules.find(ruleArn),
    trigger: (rule, event, traceHeader) => router.trigger(rule, event, traceHeader),
    onError,
  });
  for (const { arn } of rules.all()) timers.changed(arn);
  return {
    api: jsonApi('events', '1.1', {
      ...busActions(buses, rules),
      ...ruleActions(buses, rules),
      ...targetActions(buses, rules),
      ...tagActions(buses, rules),
      PutEvents: putEventsAction(buses, router, clock),
      TestEventPattern: testEventPattern,
    }),
    resourceTypes: [busResource(buses, rules), busPolicyResource(buses), ruleResource(buses, rules)],
    policyOf: (busArn) => (/^arn:[^:]+:events:/.test(busArn) ? buses.find(busArn, '')?.policy : undefined),
    receive(event) {
      router.route(busEvent({ id: randomUUID(), time: clock.now(), ...event }), buses.get(undefined, event.region));
    },
    pending: () => deliveries.queue.pending(),
    reset: () => deliveries.queue.reset(),
    resume: () => deliveries.queue.resume(),
    close() {
      timers.close();
      deliveries.queue.close();
    },
  };
}
