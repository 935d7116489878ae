import type { ActivityScope } from '../activity/activity.ts';
import type { CloudWatch } from '../cloudwatch/cloudwatch.ts';
import { type CodeDeploy, createCodeDeploy } from '../codedeploy/codedeploy.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import { observedDelivery } from '../core/observed-delivery.ts';
import { restJsonApi } from '../core/rest-protocol.ts';
import { ShiftableClock } from '../core/shiftable-clock.ts';
import type { Inspector } from '../debug/inspect-functions.ts';
import { createEventSourceMappings, type EventSourceMappings } from '../event-source-mapping/event-source-mappings.ts';
import type { Consumers } from '../event-sources/consumers.ts';
import { QueueScaling } from '../event-sources/queue-scaling.ts';
import type { AccessControl } from '../iam/access-check.ts';
import { functionLogAccess } from '../iam/function-log-access.ts';
import { createLambda, type Lambda } from '../lambda/lambda.ts';
import { createUrlGateway, type UrlGateway } from '../lambda/urls/url-frontend.ts';
import { invocationLimits } from '../limits/account-limits.ts';
import { createPipes, type Pipes } from '../pipes/pipes.ts';
import type { Foundation } from './foundation.ts';
import type { Storage } from './storage.ts';

type ComputePorts = {
  readonly storage: Storage;
  readonly access: AccessControl;
  readonly invoker: LambdaInvoker;
  readonly deliver: DeliverMessage;
  readonly cloudWatch: CloudWatch;
  readonly inspector: Inspector | undefined;
  /** Replaces the addresses of APIs in the environment of functions. */
  readonly localAddresses: (text: string) => string;
  readonly activity: ActivityScope | undefined;
};

export type Compute = {
  readonly lambda: Lambda;
  readonly urlGateway: UrlGateway;
  readonly codeDeploy: CodeDeploy;
  readonly mappings: EventSourceMappings;
  readonly pipes: Pipes;
  readonly consumers: readonly Consumers[];
};

/** Lambda, CodeDeploy, which shifts traffic between its versions, and what invokes functions for records. */
export function registerCompute(
  { clock, state, region, credentials, doors, services, observer, limits, endpointUrl, onError }: Foundation,
  {
    storage: { kms, logs, s3 },
    access,
    invoker,
    deliver,
    cloudWatch,
    inspector,
    localAddresses,
    activity,
  }: ComputePorts,
): Compute {
  const lambda = createLambda({
    clock: inspector?.clock ?? clock,
    // Functions have the time of the machine: one that runs does not time out when time is skipped.
    executionClock: inspector?.clock ?? (clock instanceof ShiftableClock ? clock.unskippable : clock),
    inspector,
    state,
    region,
    logs: logs.sink,
    credentials,
    endpointUrl,
    localAddresses,
    fetchObject: s3.getObject,
    deliver: observedDelivery(observer, deliver, 'destination'),
    observer,
    mayWriteLog: functionLogAccess(access, region, (group) => logs.groups.has(group)),
    mayAssume: (roleArn) => access.mayAssume({ kind: 'service', service: 'lambda.amazonaws.com' }, roleArn),
    keys: kms.keys,
    onMetric: (name, value, dimensions, unit, timestamp) =>
      cloudWatch.putMetric('AWS/Lambda', name, dimensions, value, unit, timestamp),
    invocationLimits: limits && invocationLimits(limits, region),
    onInvocation: activity && ((invocation) => activity.invocation(invocation)),
    onError,
  });
  const codeDeploy = createCodeDeploy({
    ...{ clock, state, region, invoker, ...lambda.aliases },
    alarmState: (name) => cloudWatch.alarmState(name),
    onAlarm: (listener) => cloudWatch.onAlarm(listener),
    mayAssume: (roleArn) => access.mayAssume({ kind: 'service', service: 'codedeploy.amazonaws.com' }, roleArn),
    allows: (principal, action, resource) => access.allows(principal, action, resource),
  });
  services.register({
    apis: { codedeploy: codeDeploy.api },
    resourceTypes: codeDeploy.resourceTypes,
    resume: () => codeDeploy.resume(),
  });
  services.register({
    resourceTypes: lambda.resourceTypes.map((type) =>
      type.type === 'AWS::Lambda::Alias' ? codeDeploy.shifted(type) : type,
    ),
    policyOf: (resourceArn) => (resourceArn.startsWith('arn:aws:lambda:') ? lambda.policyOf(resourceArn) : undefined),
    pending: () => lambda.pending(),
    dropWork: () => lambda.reset(),
    resume: () => lambda.resume(),
    close: () => lambda.close(),
  });

  const urlGateway = createUrlGateway({
    urls: lambda.urls,
    ...{ region, clock, invoker, credentials, onError },
    mayUse: ({ principal, action, resource, context }) => access.allows(principal, action, resource, context),
  });

  const sourcePorts = { clock, state, opened: doors.whenOpen, aws: doors.aws, lambda: invoker, deliver, observer };
  const mappings = createEventSourceMappings({
    ...sourcePorts,
    functionOf: (name) => lambda.find(name),
    allows: (principal, action, resourceArn) => access.allows(principal, action, resourceArn),
    queueScaling: limits && (() => new QueueScaling(clock, limits.quotas.queueBatches)),
    onMetric: (name, value, dimensions, unit) => cloudWatch.putMetric('AWS/Lambda', name, dimensions, value, unit),
  });
  services.register({
    // Event source mappings are part of Lambda's API.
    apis: { lambda: restJsonApi('lambda', [...lambda.routes, ...mappings.routes]) },
    resourceTypes: mappings.resourceTypes,
    close: () => mappings.close(),
  });

  const pipes = createPipes({
    ...sourcePorts,
    logs: logs.sink,
    mayAssume: (roleArn, sourceArn) =>
      access.mayAssume({ kind: 'service', service: 'pipes.amazonaws.com', sourceArn }, roleArn),
    onMetric: (name, value, dimensions, unit) =>
      cloudWatch.putMetric('AWS/EventBridge/Pipes', name, dimensions, value, unit),
  });
  services.register({
    apis: { pipes: pipes.api },
    resourceTypes: pipes.resourceTypes,
    close: () => pipes.close(),
  });
  return { lambda, urlGateway, codeDeploy, mappings, pipes, consumers: [mappings.consumers, pipes.consumers] };
}
