import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { sqsHandler } from '#shared/batch/sqs-handler.ts';
import { parseFriendMessage } from '../friendship.ts';
import { service } from '../front-service.ts';

/** Takes actions from the front queue. One that does not fit the state is dropped; one that cannot be read is not. */
export const handler = sqsHandler(service, async ({ messageId, messageAttributes, body }, { rows }) => {
  const message = parseFriendMessage(body);
  // A message that was sent back from the dead-letter queue is still the one that it was.
  const id = messageAttributes.originalMessageId?.stringValue ?? messageId;
  const outcome = await rows.act(message, id, new Date());
  if (outcome === 'done') return;
  service.logger.info('Action dropped', { message_id: id, action: message.friend_action, outcome });
  if (outcome === 'misfit') service.metrics.addMetric('ActionsDropped', MetricUnit.Count, 1);
});
