import { type CloudWatch, createCloudWatch } from '../cloudwatch/cloudwatch.ts';
import type { Dashboards } from '../cloudwatch/dashboards.ts';
import { startQueueMetrics } from '../cloudwatch/queue-metrics.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import { observedDelivery } from '../core/observed-delivery.ts';
import type { AccessControl } from '../iam/access-check.ts';
import type { EncryptedCalls } from '../kms/encrypted-calls.ts';
import { limitedTopics } from '../limits/limited-messaging.ts';
import { createSns, type Sns } from '../sns/sns-api.ts';
import type { QueueStore } from '../sqs/queue-store.ts';
import type { Foundation } from './foundation.ts';
import type { Storage } from './storage.ts';

type NotificationPorts = {
  readonly storage: Storage;
  /** Finds queues of all regions. */
  readonly queues: Pick<QueueStore, 'byArn'>;
  /** Dashboards belong to no region. */
  readonly dashboards: Dashboards;
  readonly access: AccessControl;
  readonly encrypted: Pick<EncryptedCalls, 'allows'>;
  readonly invoker: LambdaInvoker;
  readonly deliver: DeliverMessage;
};

/** SNS, and CloudWatch, whose alarms publish to its topics. */
export function registerNotifications(
  { clock, state, region, services, observer, limits, endpointUrl, onNote }: Foundation,
  { storage: { sqs, logs }, queues, dashboards, access, encrypted, invoker, deliver }: NotificationPorts,
): { readonly sns: Sns; readonly cloudWatch: CloudWatch } {
  const sns = createSns({
    clock,
    state,
    endpointUrl,
    queues,
    lambda: invoker,
    maySend(sourceArn, queueArn) {
      const principal = { kind: 'service', service: 'sns.amazonaws.com', sourceArn } as const;
      return [access, encrypted].every((policies) => policies.allows(principal, 'sqs:SendMessage', queueArn));
    },
    onUndelivered: onNote,
    observer,
  });
  services.register({
    apis: { sns: limits === undefined ? sns.api : limitedTopics(sns.api, limits) },
    resourceTypes: sns.resourceTypes,
    policyOf: (resourceArn) => sns.policyOf(resourceArn),
    encryptionKeyOf: (resourceArn) => sns.encryptionKeyOf(resourceArn),
    pending: () => sns.pending(),
    dropWork: () => sns.reset(),
    resume: () => sns.resume(),
    close: () => sns.close(),
  });

  const deliverAlarm = observedDelivery(observer, deliver, 'alarm');
  const cloudWatch = createCloudWatch({
    clock,
    state,
    logs: logs.sink,
    logGroups: logs.groups,
    region,
    dashboards,
    notify: ({ topicArn, subject, message, alarmArn }) =>
      deliverAlarm({
        destinationArn: topicArn,
        body: message,
        subject,
        attributes: {},
        principal: { kind: 'service', service: 'cloudwatch.amazonaws.com', sourceArn: alarmArn },
      }),
  });
  const stopQueueMetrics = startQueueMetrics({
    clock,
    putMetric: cloudWatch.putMetric,
    depths: () => sqs.depths(),
  });
  services.register({
    apis: { monitoring: cloudWatch.api, logs: logs.api(cloudWatch.metricFilters) },
    resourceTypes: cloudWatch.resourceTypes,
    dropData: () => cloudWatch.reset(),
    close() {
      stopQueueMetrics();
      cloudWatch.close();
    },
  });
  return { sns, cloudWatch };
}
