import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { accountId, parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { rolePrincipal } from '../core/credentials.ts';
import { deliverWithRetries } from '../core/deliver-with-retries.ts';
import { isJsonObject } from '../core/json.ts';
import type { Observer, SpanStart } from '../core/observer.ts';
import type { Principal } from '../core/principal.ts';
import type { StateStore } from '../core/state-store.ts';
import { type DeliveryFailure, deliverySchema } from '../target-delivery/delivery.ts';
import { DeliveryQueue } from '../target-delivery/delivery-queue.ts';
import { sendToTarget, type TargetPorts } from '../target-delivery/send-to-target.ts';
import type { Schedule } from './schedule.ts';
import { groupArnOf } from './schedule-group.ts';

/** Counts in the namespace `AWS/Scheduler`. */
type SchedulerMetric =
  | 'InvocationAttemptCount'
  | 'TargetErrorCount'
  | 'InvocationDroppedCount'
  | 'InvocationsSentToDeadLetterCount'
  | 'InvocationsFailedToBeSentToDeadLetterCount';

export type InvokeOptions = TargetPorts & {
  readonly state: StateStore;
  readonly observer: Observer;
  readonly opened: Promise<void>;
  readonly mayAssume: (roleArn: string, groupArn: string) => boolean;
  readonly onMetric: (name: SchedulerMetric, group: string) => void;
  /** Called for each invocation that is lost: its target did not take it, and has no dead-letter queue. */
  readonly onUndelivered: (text: string) => void;
  readonly onError: (error: unknown) => void;
  /** From 0 to 1: where in a flexible time window a schedule invokes its target. */
  readonly random?: () => number;
};

const invocationSchema = deliverySchema.extend({
  scheduleArn: z.string(),
  scheduleName: z.string(),
  groupName: z.string(),
  region: z.string(),
  roleArn: z.string(),
  /** ISO 8601. */
  scheduledTime: z.string(),
  /** For an event bus. */
  event: z.object({ Source: z.string(), DetailType: z.string() }).optional(),
});
type Invocation = z.infer<typeof invocationSchema>;

/** Invokes the targets of schedules with the rights of their roles. */
export class ScheduleInvoker {
  readonly #options: InvokeOptions;
  readonly queue: DeliveryQueue<Invocation>;

  constructor(options: InvokeOptions) {
    this.#options = options;
    const { clock, state, observer, opened, onError } = options;
    this.queue = new DeliveryQueue({
      ...{ clock, state, observer, opened, onError },
      name: 'scheduler/invocations',
      schema: invocationSchema,
      describe,
      send: (invocation, span) => this.#send(invocation, span.traceHeader),
      giveUp: (invocation, failure) => this.#giveUp(invocation, failure),
      onDelivered: () => {},
    });
  }

  /** Invokes the target of a schedule for one of its times, at once or within its flexible time window. */
  invoke(schedule: Schedule, time: number): void {
    const { observer, onError } = this.#options;
    const start = (): SpanStart => ({
      kind: 'delivery',
      service: 'scheduler',
      resource: schedule.Name,
      operation: schedule.ScheduleExpression,
      attributes: { mechanism: 'schedule', schedule: schedule.arn },
      causes: [],
    });
    observer
      .span(start, async (span) => this.queue.add(this.#invocation(schedule, time, span.traceHeader)))
      .catch(onError);
  }

  #invocation(schedule: Schedule, time: number, traceHeader: string | undefined): Invocation {
    const { Target, FlexibleTimeWindow, region } = schedule;
    const { random = Math.random, clock } = this.#options;
    const windowMs = (FlexibleTimeWindow.MaximumWindowInMinutes ?? 0) * 60_000;
    const dueAt = clock.now() + Math.floor(random() * windowMs);
    const id = randomUUID();
    const scheduledTime = new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
    const payload = (Target.Input ?? defaultInput(id, schedule, scheduledTime))
      .replaceAll('<aws.scheduler.schedule-arn>', schedule.arn)
      .replaceAll('<aws.scheduler.scheduled-time>', scheduledTime)
      .replaceAll('<aws.scheduler.execution-id>', id);
    return {
      ...{ id, payload, scheduledTime, region, traceHeader, dueAt, acceptedAt: dueAt, attempts: 0 },
      scheduleArn: schedule.arn,
      scheduleName: schedule.Name,
      groupName: schedule.GroupName,
      targetArn: Target.Arn,
      roleArn: Target.RoleArn,
      messageGroupId: Target.SqsParameters?.MessageGroupId,
      retryPolicy: Target.RetryPolicy,
      deadLetterArn: Target.DeadLetterConfig?.Arn,
      event: Target.EventBridgeParameters,
    };
  }

  async #send(invocation: Invocation, traceHeader: string | undefined): Promise<void> {
    const { onMetric } = this.#options;
    const { groupName, targetArn, messageGroupId, scheduleArn: sourceArn } = invocation;
    onMetric('InvocationAttemptCount', groupName);
    const payload = payloadOf(invocation);
    try {
      const principal = this.#principal(invocation);
      if (invocation.event === undefined) {
        const message = { targetArn, payload, messageGroupId, principal, sourceArn, traceHeader };
        await sendToTarget(this.#options, message);
      } else await this.#putEvent(invocation, principal);
    } catch (error) {
      onMetric('TargetErrorCount', groupName);
      throw error;
    }
  }

  async #putEvent(invocation: Invocation, principal: Principal): Promise<void> {
    const { targetArn, event, scheduleArn } = invocation;
    const entry = { ...event, Detail: payloadOf(invocation), EventBusName: targetArn, Resources: [scheduleArn] };
    const region = parseArn(targetArn)?.region ?? '';
    const input = { Entries: [entry] };
    const { Entries } = await this.#options.aws({ service: 'events', action: 'PutEvents', input, principal, region });
    const [result] = Array.isArray(Entries) ? Entries : [];
    if (isJsonObject(result) && result.ErrorCode !== undefined) {
      throw new AwsError(String(result.ErrorCode), String(result.ErrorMessage));
    }
  }

  #principal({ roleArn, scheduleName, groupName, region }: Invocation): Principal {
    if (this.#options.mayAssume(roleArn, groupArnOf(groupName, region))) return rolePrincipal(roleArn, scheduleName);
    throw new AwsError(
      'AccessDeniedException',
      `The role ${roleArn} cannot be assumed by scheduler.amazonaws.com.`,
      403,
    );
  }

  async #giveUp(invocation: Invocation, failure: DeliveryFailure): Promise<void> {
    const { onMetric, onUndelivered } = this.#options;
    const { deadLetterArn, groupName, scheduleArn, targetArn } = invocation;
    onMetric('InvocationDroppedCount', groupName);
    if (deadLetterArn === undefined) {
      onUndelivered(`${scheduleArn} could not invoke ${targetArn}: ${failure.error.message}`);
      return;
    }
    const isSent = await deliverWithRetries(this.#options, {
      destinationArn: deadLetterArn,
      body: payloadOf(invocation),
      attributes: deadLetterAttributes(invocation, failure),
      principal: () => this.#principal(invocation),
    });
    onMetric(isSent ? 'InvocationsSentToDeadLetterCount' : 'InvocationsFailedToBeSentToDeadLetterCount', groupName);
    if (!isSent) onUndelivered(`${scheduleArn} could not send its failed invocation to ${deadLetterArn}`);
  }
}

function payloadOf({ payload, attempts }: Invocation): string {
  return payload.replaceAll('<aws.scheduler.attempt-number>', String(attempts + 1));
}

/** What a target gets from a schedule without Input. Its detail is text. */
function defaultInput(id: string, { arn, region }: Schedule, time: string): string {
  return JSON.stringify({
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: accountId,
    time,
    region,
    resources: [arn],
    detail: '{}',
  });
}

function deadLetterAttributes(
  { id, scheduleArn, targetArn, scheduledTime, attempts }: Invocation,
  { error, exhausted }: DeliveryFailure,
): Record<string, string> {
  return {
    SCHEDULE_ARN: scheduleArn,
    TARGET_ARN: targetArn,
    SCHEDULED_TIME: scheduledTime,
    EXECUTION_ID: id,
    ERROR_CODE: error.code,
    ERROR_MESSAGE: error.message,
    RETRY_ATTEMPTS: String(Math.max(0, attempts - 1)),
    IS_PAYLOAD_TRUNCATED: 'false',
    ...(exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: exhausted }),
  };
}

function describe(invocation: Invocation): SpanStart {
  const { scheduleName, scheduleArn, targetArn } = invocation;
  return {
    kind: 'delivery',
    service: 'scheduler',
    resource: scheduleName,
    operation: `to ${targetArn.split(':').at(-1)}`,
    input: payloadOf(invocation),
    attributes: { mechanism: 'schedule', schedule: scheduleArn, target: targetArn },
  };
}
