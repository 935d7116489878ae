import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { pipeHandler } from '#shared/batch/pipe-handler.ts';
import { readOrderChange } from '../order-change.ts';
import { notificationsService } from '../service.ts';

/**
 * A change is taken down as in progress, published and taken down as done. Whoever gets it again after that publishes
 * nothing; whoever gets it in between fails and is retried. Only when the function dies after the publishing and before
 * it is taken down as done, a second message goes out: better twice, with the same `eventId`, than never.
 */
export const handler = pipeHandler(notificationsService, async (record, { announce, runOnce }, { remainingTime }) => {
  const change = readOrderChange(record);
  await runOnce({ key: change.eventId, remainingTime }, async () => {
    await announce(change);
    notificationsService.metrics.addMetric('NotificationsPublished', MetricUnit.Count, 1);
    return change.eventType;
  });
});
