import type { CloudWatch } from '../cloudwatch/cloudwatch.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import { createEventBridge, type EventBridge } from '../eventbridge/eventbridge.ts';
import type { AccessControl } from '../iam/access-check.ts';
import { createScheduler } from '../scheduler/scheduler.ts';
import type { Foundation } from './foundation.ts';

type EventPorts = {
  readonly access: AccessControl;
  readonly invoker: LambdaInvoker;
  readonly deliver: DeliverMessage;
  readonly cloudWatch: CloudWatch;
};

/** EventBridge and EventBridge Scheduler. */
export function registerEvents(
  { clock, state, doors, services, observer, onError, onNote }: Foundation,
  { access, invoker, deliver, cloudWatch }: EventPorts,
): Pick<EventBridge, 'receive'> {
  const targetPorts = {
    ...{ clock, state, observer, deliver, onError },
    aws: doors.aws,
    lambda: invoker,
    opened: doors.whenOpen,
    onUndelivered: onNote,
  };
  const events = createEventBridge({
    ...targetPorts,
    mayAssume: (roleArn, sourceArn) =>
      access.mayAssume({ kind: 'service', service: 'events.amazonaws.com', sourceArn }, roleArn),
    allows: (principal, action, resourceArn) => access.allows(principal, action, resourceArn),
    onMetric: (name, rule) =>
      cloudWatch.putMetric('AWS/Events', name, { RuleName: rule.name, ...busDimension(rule.busName) }, 1, 'Count'),
  });
  services.register({
    apis: { events: events.api },
    resourceTypes: events.resourceTypes,
    policyOf: (resourceArn) => events.policyOf(resourceArn),
    pending: () => events.pending(),
    dropWork: () => events.reset(),
    resume: () => events.resume(),
    close: () => events.close(),
  });

  const scheduler = createScheduler({
    ...targetPorts,
    mayAssume: (roleArn, sourceArn) =>
      access.mayAssume({ kind: 'service', service: 'scheduler.amazonaws.com', sourceArn }, roleArn),
    onMetric: (name, ScheduleGroup) => cloudWatch.putMetric('AWS/Scheduler', name, { ScheduleGroup }, 1, 'Count'),
  });
  services.register({
    apis: { scheduler: scheduler.api },
    resourceTypes: scheduler.resourceTypes,
    pending: () => scheduler.pending(),
    dropWork: () => scheduler.reset(),
    resume: () => scheduler.resume(),
    close: () => scheduler.close(),
  });
  return events;
}

/** Metrics of rules on the default bus have the name of the rule alone. */
function busDimension(busName: string): { EventBusName?: string } {
  return busName === 'default' ? {} : { EventBusName: busName };
}
