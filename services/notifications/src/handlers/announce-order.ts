import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { pipeHandler } from '#shared/batch/pipe-handler.ts';
import { readOrderChange } from '../domain/order-change.ts';
import { service } from '../service.ts';

/**
 * Records a change as in progress, publishes it, and records it as done. A later delivery of the change publishes
 * nothing; one in between fails and is retried. If the function stops after publishing and before it records the change
 * as done, a second message with the same `eventId` is published: at least once, never lost.
 */
export const handler = pipeHandler(service, async (record, { topic, runOnce }, { remainingTime, metrics }) => {
  const change = readOrderChange(record);
  await runOnce({ key: change.eventId, remainingTime }, async () => {
    await topic.publish(change);
    metrics.addMetric('NotificationsPublished', MetricUnit.Count, 1);
    return change.eventType;
  });
});
