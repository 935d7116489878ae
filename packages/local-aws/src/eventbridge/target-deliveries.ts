import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { rolePrincipal } from '../core/credentials.ts';
import { deliverWithRetries } from '../core/deliver-with-retries.ts';
import { valueAt } from '../core/json-path.ts';
import type { Observer, SpanStart } from '../core/observer.ts';
import type { Principal } from '../core/principal.ts';
import type { StateStore } from '../core/state-store.ts';
import { type DeliveryFailure, deliverySchema } from '../target-delivery/delivery.ts';
import { DeliveryQueue } from '../target-delivery/delivery-queue.ts';
import { sendToTarget, type TargetPorts } from '../target-delivery/send-to-target.ts';
import { type BusEvent, busEventSchema, wholeSeconds } from './bus-event.ts';
import { deadLetterAttributes, deadLetterCode } from './dead-letter.ts';
import { transformInput } from './input-transformer.ts';
import type { Rule, Target } from './rule.ts';

/** Counts in the namespace `AWS/Events`. */
type EventsMetric =
  | 'MatchedEvents'
  | 'TriggeredRules'
  | 'Invocations'
  | 'FailedInvocations'
  | 'InvocationsSentToDlq'
  | 'InvocationsFailedToBeSentToDlq';
export type OnEventsMetric = (name: EventsMetric, rule: Pick<Rule, 'name' | 'busName'>) => void;

export type TargetDeliveriesOptions = TargetPorts & {
  readonly clock: Clock;
  readonly state: StateStore;
  readonly observer: Observer;
  readonly opened: Promise<void>;
  /** Whether EventBridge may assume a role for a rule of this ARN. */
  readonly mayAssume: (roleArn: string, ruleArn: string) => boolean;
  readonly allows: (principal: Principal, action: string, resourceArn: string) => boolean;
  readonly onMetric: OnEventsMetric;
  /** Called for each event that is lost: its target did not take it, and has no dead-letter queue. */
  readonly onUndelivered: (text: string) => void;
  readonly onError: (error: unknown) => void;
};

const ruleDeliverySchema = deliverySchema.extend({
  rule: z.object({
    name: z.string(),
    arn: z.string(),
    busArn: z.string(),
    busName: z.string(),
    pattern: z.string().optional(),
  }),
  event: busEventSchema,
});
type RuleDelivery = z.infer<typeof ruleDeliverySchema>;

/** Hands an event on to another bus. Undefined when there is no such bus. */
type Forward = (event: BusEvent, busArn: string) => boolean;

/** Hands events to the targets of rules, and to their dead-letter queues when they do not take them. */
export class TargetDeliveries {
  readonly #options: TargetDeliveriesOptions;
  readonly #forward: Forward;
  readonly queue: DeliveryQueue<RuleDelivery>;

  constructor(options: TargetDeliveriesOptions, forward: Forward) {
    this.#options = options;
    this.#forward = forward;
    const { clock, state, observer, opened, onError, onMetric } = options;
    this.queue = new DeliveryQueue({
      ...{ clock, state, observer, opened, onError },
      name: 'events/deliveries',
      schema: ruleDeliverySchema,
      describe,
      send: (delivery, span) => this.#send(delivery, span.traceHeader),
      giveUp: (delivery, failure) => this.#giveUp(delivery, failure),
      onDelivered: ({ rule }) => onMetric('Invocations', rule),
    });
  }

  /** @param traceHeader of the span that the event came with */
  deliver(event: BusEvent, rule: Rule, target: Target, traceHeader: string | undefined): void {
    const now = this.#options.clock.now();
    const { name, arn, busArn, busName, pattern } = rule;
    const delivery = {
      id: randomUUID(),
      targetArn: target.Arn,
      roleArn: target.RoleArn,
      messageGroupId: target.SqsParameters?.MessageGroupId,
      retryPolicy: target.RetryPolicy,
      deadLetterArn: target.DeadLetterConfig?.Arn,
      acceptedAt: now,
      dueAt: now,
      attempts: 0,
      rule: { name, arn, busArn, busName, pattern },
      event,
      traceHeader,
    };
    try {
      this.queue.add({ ...delivery, payload: targetInput(event, rule, target, now) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#giveUp({ ...delivery, payload: '' }, { error, exhausted: undefined }).catch(this.#options.onError);
    }
  }

  async #send(delivery: RuleDelivery, traceHeader: string | undefined): Promise<void> {
    const { targetArn, payload, messageGroupId, rule, event } = delivery;
    const principal = this.#principal(delivery);
    if (parseArn(targetArn)?.service !== 'events') {
      const message = { targetArn, payload, messageGroupId, principal, sourceArn: rule.arn, traceHeader };
      return sendToTarget(this.#options, message);
    }
    if (!this.#options.allows(principal, 'events:PutEvents', targetArn)) {
      throw new AwsError('AccessDeniedException', `The role may not events:PutEvents on ${targetArn}.`, 403);
    }
    if (!this.#forward(event, targetArn)) {
      throw new AwsError('ResourceNotFoundException', `Event bus ${targetArn} does not exist.`, 404);
    }
  }

  /** Lambda, SQS, SNS and CloudWatch Logs have policies of their own that name the service, if the target has no role. */
  #principal({ roleArn, rule }: RuleDelivery): Principal {
    if (roleArn === undefined) return { kind: 'service', service: 'events.amazonaws.com', sourceArn: rule.arn };
    if (!this.#options.mayAssume(roleArn, rule.arn)) {
      throw new AwsError('FailedToAssumeRole', `The role ${roleArn} cannot be assumed by events.amazonaws.com.`, 403);
    }
    return rolePrincipal(roleArn, rule.name);
  }

  async #giveUp(delivery: RuleDelivery, failure: DeliveryFailure): Promise<void> {
    const { onMetric, onUndelivered } = this.#options;
    const { rule, deadLetterArn, targetArn, event } = delivery;
    onMetric('FailedInvocations', rule);
    if (deadLetterArn === undefined) {
      onUndelivered(`${rule.arn} could not deliver to ${targetArn}: ${failure.error.message}`);
      return;
    }
    const isSent = await deliverWithRetries(this.#options, {
      destinationArn: deadLetterArn,
      body: JSON.stringify(event),
      attributes: deadLetterAttributes(delivery, failure),
      principal: () => ({ kind: 'service', service: 'events.amazonaws.com', sourceArn: rule.arn }),
    });
    onMetric(isSent ? 'InvocationsSentToDlq' : 'InvocationsFailedToBeSentToDlq', rule);
    if (!isSent) onUndelivered(`${rule.arn} could not send ${deadLetterCode(failure.error)} to ${deadLetterArn}`);
  }
}

/** What the target gets of an event. @throws AwsError when the input transformer yields no JSON */
function targetInput(event: BusEvent, rule: Rule, { Input, InputPath, InputTransformer }: Target, now: number): string {
  if (Input !== undefined) return Input;
  if (InputPath !== undefined) return JSON.stringify(valueAt(event, InputPath) ?? null);
  if (InputTransformer === undefined) return JSON.stringify(event);
  const facts = { ruleArn: rule.arn, ruleName: rule.name, ingestionTime: wholeSeconds(now) };
  return transformInput(InputTransformer, event, facts);
}

function describe({ rule, targetArn, payload, event }: RuleDelivery): SpanStart {
  const { pattern } = rule;
  return {
    kind: 'delivery',
    service: 'events',
    resource: rule.name,
    operation: `to ${targetArn.split(':').at(-1)}`,
    input: payload,
    attributes: {
      mechanism: event.source === 'aws.events' && pattern === undefined ? 'schedule' : 'bus',
      ...(pattern !== undefined && { source: rule.busArn }),
      rule: rule.arn,
      target: targetArn,
      batchSize: 1,
      isMatched: true,
      filters: pattern === undefined ? [] : [{ pattern, isMatched: true }],
    },
  };
}
